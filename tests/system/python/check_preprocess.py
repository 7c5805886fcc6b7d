"""Compares semscope's resize and crop with Pillow's, pixel by pixel, on drawn and, where given, real photos."""
import glob
import os
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image

from check_occlusion import read_labels, read_photo

probe, real = sys.argv[1], sys.argv[2:]


def drawn(width, height, seed):
    """Gradients, edges and noise, which show every slip of a filter."""
    random = np.random.default_rng(seed)
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    image = np.stack([x * 255 // width, (x * 7 + y * 13) % 256, ((x // 5 + y // 3) % 2) * 255], -1)
    return np.clip(image + random.integers(-30, 30, image.shape), 0, 255).astype(np.uint8)


def compare(photo, labels, resize, crop, *channel, interpolation="bilinear"):
    subprocess.run([probe, photo, labels, str(resize), str(crop), interpolation, *channel], check=True)
    ours = np.fromfile(photo + ".rgb", np.uint8).reshape(crop, crop, 3)
    theirs = read_photo(photo, resize, crop, interpolation)
    assert np.array_equal(ours, theirs), (photo, resize, interpolation, np.abs(ours.astype(int) - theirs).max())
    ours = np.fromfile(labels + ".raw", np.uint8).reshape(crop, crop)
    assert np.array_equal(ours, read_labels(labels, resize, crop, "blue", 0, 256)), (labels, resize)


count = 0
with tempfile.TemporaryDirectory() as folder:
    photo, labels = os.path.join(folder, "photo.png"), os.path.join(folder, "labels.png")
    # down, up, odd sizes, portrait, the same size, far down
    for size in [(640, 480), (128, 128), (341, 257), (225, 400), (256, 256), (1999, 1501), (100, 37), (227, 225)]:
        Image.fromarray(drawn(*size, seed=size[0])).save(photo)
        Image.fromarray(drawn(*size, seed=size[1])[..., 1]).save(labels)
        for resize, crop in [(256, 224), (224, 224), (300, 299)]:
            compare(photo, labels, resize, crop)
            compare(photo, labels, resize, crop, interpolation="bicubic")
            count += 2
        for resize, crop in [("256x256", 224), ("224x224", 224), ("301x230", 199)]:  # stretched: width x height
            for interpolation in ("bilinear", "bicubic"):
                compare(photo, labels, resize, crop, interpolation=interpolation)
                count += 1
    # Every way in which Pillow stores these colours; a palette's indices are the labels.
    colours = Image.fromarray(drawn(90, 70, seed=1))
    palette = colours.quantize(200)
    stored = {"cmyk.jpg": colours.convert("CMYK"), "gray.jpg": colours.convert("L"), "palette.png": palette,
              "rgba.png": colours.convert("RGBA"), "gray_alpha.png": colours.convert("LA"), "bits.png": colours.convert("1")}
    palette.save(labels)
    for name, image in stored.items():
        other = os.path.join(folder, name)
        image.save(other)
        compare(other, labels, 70, 64, "gray")
        compare(other, labels, 41, 40, "gray")
        count += 2
    for source in (path for folder_ in real for path in sorted(glob.glob(folder_ + "/val/*/*.jpg"))[::17]):
        copy = os.path.join(folder, "photo.jpg")
        with open(source, "rb") as file, open(copy, "wb") as out:
            out.write(file.read())
        Image.new("L", Image.open(copy).size).save(labels)
        for resize in (256, 512):
            for interpolation in ("bilinear", "bicubic"):
                compare(copy, labels, resize, 224, interpolation=interpolation)
                count += 1
print(count, "crops are equal to Pillow's in every pixel")
