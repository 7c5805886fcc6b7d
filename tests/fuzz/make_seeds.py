"""Makes the seeds of the fuzz targets from nothing: make_seeds.py FOLDER writes FOLDER/<target>/<name>."""
import hashlib
import io
import os
import struct
import tarfile
import zipfile
import sys
import zlib

import numpy as np
from PIL import Image

FOLDER = sys.argv[1]


def save(target, name, data):
    os.makedirs(os.path.join(FOLDER, target), exist_ok=True)
    with open(os.path.join(FOLDER, target, name), "wb") as file:
        file.write(data)


CONFIG = b"""\xef\xbb\xbf# a run
[data]
root = /data/places # where it lies
images = val.txt
limit = 10
[labels]
channel = blue
offset = 1
[preprocess]
resize = 256
mean = 0.485, 0.456 0.406
[model]
path = net.pt
output = logits
[occlusion]
fill = mean
mode = remove
min-pixels = 1
[run]
batch = 32
device = auto
threads = auto
resume = false
[output]
hints = cb_nodes=2,romio_cb_write=enable
"""
save("fuzz_config", "file", CONFIG)
save("fuzz_config", "unnamed", b"data.root = x\r\nmodel.path = y\r\n")
save("fuzz_config", "line", b"[data]\nroot = x\n%%\n--model.path\nnet.pt\n--run.resume\n--check\nfile.h5\n")
save("fuzz_config", "equals", b"\n%%\n--data.root=x\n--model.path=y\n--run.batch=1e3\n--preprocess.std=1 2 3\n")
save("fuzz_config", "wrong", b"[data\n= x\nunknown = 1\n[run]\nbatch = -3\nbatch = 99999999999999999999\n")

LIST = b"# images\nval/bedroom/a.jpg\r\nval/apartment_building/outdoor/b.jpg\nx/c d.jpg bedroom\nx/e.jpg\t1\nf.jpg\nx/g.jpg -1\n"
TABLES = {
    "list": (0, LIST), "paths": (1, LIST), "limited": (6, LIST), "csv": (0, b"val/x.jpg,bedroom\nval\\y.jpg;1\n/a/airfield/z.jpg 0\n#1.jpg\n"),
    "colours": (5, b"# r g b\n0 0 0 ignore\n128,0,0,wall\n0 128 0\tpool table\n"),
    "list_wrong": (0, b"/etc/passwd\n../a.jpg\nval/castle/a.jpg\nval/bedroom/\xff.jpg\nval/bedroom/a.jpg\nval/bedroom/a.jpg\n"),
    "scenes": (2, b"\xef\xbb\xbf/a/airfield 0\r\n/a/apartment_building/outdoor 1\r\n\r\n/b/bedroom 2\n"),
    "scenes_plain": (2, b"kitchen\nliving room\n"),
    "scenes_wrong": (2, b"/a/airfield 0\n/b/bar 2\n/a/airfield 2\n..\n"),
    "semantics": (3, b"Idx\tRatio\tTrain\tVal\tName\n1\t0.1\t1\t2\twall\n2\t0.1\t1\t2\tpool table\n"),
    "semantics_two": (3, b"1\twall\n2\tpool table\n"),
    "semantics_wrong": (3, b"1\twall\n3\tbed\n99999999999999999999\tx\n4\n"),
    "mapping": (4, b"0 wall\n1\tpool table\n2 ignore\n3 1\n"),
    "mapping_wrong": (4, b"0 wal\n0 1\n70000 1\n5 9\nx\n"),
}
for name, (selector, text) in TABLES.items():
    save("fuzz_tables", name, bytes([selector]) + text)


def picture(name, image, form, head=b"\x16\x01", **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    save("fuzz_pictures", name, head + out.getvalue())


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, bits, colour, rows):
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


X, Y = np.meshgrid(np.arange(12), np.arange(9))
RGB = np.stack([X * 20, Y * 25, (X + Y) % 150], -1).astype(np.uint8)
COLOUR = Image.fromarray(RGB)
for quality, options in {"baseline": {}, "progressive": {"progressive": True}, "fine": {"subsampling": 0}}.items():
    picture("jpeg_" + quality, COLOUR, "JPEG", quality=60, **options)
picture("jpeg_gray", COLOUR.convert("L"), "JPEG")
picture("jpeg_cmyk", COLOUR.convert("CMYK"), "JPEG")
picture("jpeg_exif", COLOUR, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0")
picture("png_rgb", COLOUR, "PNG")
picture("png_rgba", COLOUR.convert("RGBA"), "PNG")
picture("png_gray", COLOUR.convert("L"), "PNG", head=b"\x0c\x00")
picture("png_palette", COLOUR.quantize(16), "PNG", head=b"\x0c\x00")
picture("png_bits", COLOUR.convert("1"), "PNG", head=b"\x0c\x00")
picture("png_deep", Image.fromarray((X * 4000).astype(np.uint16)), "PNG")
picture("png_gray_alpha", COLOUR.convert("LA"), "PNG")
save("fuzz_pictures", "png_four_bits", b"\x0c\x00" + png(3, 2, 4, 0, b"\0\x12\x30\0\x45\x60"))
save("fuzz_pictures", "png_huge", b"\x16\x01" + png(30000, 30000, 8, 2, b"\0"))
for name, form in {"bmp": "BMP", "tiff": "TIFF", "gif": "GIF"}.items():
    picture(name, COLOUR, form)

# Lists of changes to result files (damage.cpp): one of each kind first, then any.
RANDOM = np.random.default_rng(1)
for kind in range(16):
    for mode in (0, 1, 2):
        tail = RANDOM.integers(0, 256, 24, np.uint8).tobytes()
        save("fuzz_results", f"kind_{kind}_{mode}", bytes([mode, kind]) + tail)
        if mode < 2:
            save("fuzz_comparison", f"kind_{kind}_{mode}", bytes([mode, kind]) + tail)
for number in range(24):
    save("fuzz_results", f"any_{number}", RANDOM.integers(0, 256, 96, np.uint8).tobytes())

# A first byte that is no multiple of 4 says that a tar or zip follows.
for name, form in ("ustar", tarfile.USTAR_FORMAT), ("gnu", tarfile.GNU_FORMAT), ("pax", tarfile.PAX_FORMAT):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as tar:
        for path in "top/a.jpg", "top/" + 30 * "long/" + "b.jpg":
            info = tarfile.TarInfo(path)
            info.size = 5
            tar.addfile(info, io.BytesIO(b"bytes"))
    save("fuzz_archives", name, b"\x01" + out.getvalue().rstrip(b"\0") + 1024 * b"\0")
out = io.BytesIO()
with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
    packed.writestr("val/a.png", 100 * b"a")
    packed.writestr("a.png", b"stored", compress_type=zipfile.ZIP_STORED)
save("fuzz_archives", "zip", b"\x01" + out.getvalue())


def number(value):
    return struct.pack("<Q", value)


# An index of two members in a tar and a zip; the target puts its check sum right.
def key(path):
    return struct.unpack(">QQ", hashlib.sha256(path.encode()).digest()[:16])


members = sorted([(*key("top/a.jpg"), 512, 5, 0), (*key("val/a.png"), 100, 50, 1)])
text = b"semscope archive index 1\n" + number(3) + b"top" + number(2)
for path, zipped in (b"/x/a.tar", 0), (b"/x/b.zip", 1):
    text += number(len(path)) + path + number(10240) + number(1700000000000000000) + number(zipped)
text += number(len(members)) + b"".join(number(value) for member in members for value in member)
save("fuzz_archives", "index", b"\0" + text + number(64) + 64 * b"0")
# Of 16 bits, and with an orientation.
save("fuzz_pictures", "png_sixteen_bits", b"\x18\x00" + png(2, 1, 16, 0, b"\0\x03\x7e\0\x01"))
save("fuzz_pictures", "png_colours", b"\x24\x00" + png(2, 1, 8, 2, b"\0\x80\0\0\xff\xff\xff"))
save("fuzz_pictures", "png_cityscapes", b"\x20\x00" + png(4, 1, 8, 0, b"\0\x07\x00\x21\x04"))
save("fuzz_pictures", "png_sixteen_bits_rgb", b"\x00\x00" + png(2, 1, 16, 2, b"\0" + bytes(range(12))))
save("fuzz_pictures", "png_ade20k", b"\x1c\x00" + png(2, 1, 8, 2, b"\0\x8c\x67\0\0\0\0"))
