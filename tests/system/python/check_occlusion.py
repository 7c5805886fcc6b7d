"""Recomputes an occlusion file with Pillow, NumPy and PyTorch, and compares every number of it.

Shares no code with semscope: it follows the definitions (p = softmax of the network on the image, p_s the same with
the pixels of class s replaced before or after normalisation as the fill says). Exit code 0 when all agrees.
"""
import argparse
import os
import sys

import h5py
import numpy as np
import torch
from PIL import Image

MASK32 = 0xFFFFFFFF


def geometry(size, resize, crop):
    """torchvision's Resize and CenterCrop: new size and box. "WIDTHxHEIGHT" stretches."""
    width, height = size
    if isinstance(resize, str) and "x" in resize:
        width, height = map(int, resize.split("x"))
    elif int(resize):
        resize = int(resize)
        short, long = min(width, height), max(width, height)
        new_long = int(resize * long / short)
        width, height = (resize, new_long) if width <= height else (new_long, resize)
    left, top = int(round((width - crop) / 2.0)), int(round((height - crop) / 2.0))
    return (width, height), (left, top, left + crop, top + crop)


def read_photo(path, resize, crop, interpolation="bilinear"):
    image = Image.open(path).convert("RGB")
    size, box = geometry(image.size, resize, crop)
    if size != image.size:
        image = image.resize(size, Image.BICUBIC if interpolation == "bicubic" else Image.BILINEAR)
    return np.asarray(image.crop(box))


def read_labels(path, resize, crop, channel, offset, unlabelled):
    image = Image.open(path)
    if image.mode in ("RGB", "RGBA"):
        image = image.split()["red green blue".split().index(channel)]
    size, box = geometry(image.size, resize, crop)
    if size != image.size:
        image = image.resize(size, Image.NEAREST)
    labels = (np.asarray(image.crop(box)).astype(int) + offset) % 256
    labels[labels == unlabelled] = 0
    return labels


def philox(counter, seed):
    """Philox4x32-10 of Salmon et al. 2011 over arrays of counters."""
    c = [np.asarray(x, np.uint64) for x in counter]
    k = [seed & MASK32, seed >> 32]
    for _ in range(10):
        p0, p1 = np.uint64(0xD2511F53) * c[0], np.uint64(0xCD9E8D57) * c[2]
        low, high = np.uint64(MASK32), np.uint64(32)
        c = [(p1 >> high) ^ c[1] ^ np.uint64(k[0]), p1 & low, (p0 >> high) ^ c[3] ^ np.uint64(k[1]), p0 & low]
        k = [(k[0] + 0x9E3779B9) & MASK32, (k[1] + 0xBB67AE85) & MASK32]
    return c


def noise(shape, seed, image, semantic):
    n = shape[0] * shape[1]
    zero = np.zeros(n, np.uint64)
    words = philox([np.arange(n), zero + image % 2**32, zero + image // 2**32, zero + semantic], seed)
    colour = np.stack([(w >> np.uint64(8)).astype(np.float32) * np.float32(2.0**-24) for w in words[:3]], -1)
    return colour.reshape(shape[0], shape[1], 3)


def blur(raw, kernel, sigma):
    """Separable Gaussian with reflected borders."""
    x = np.arange(kernel) - (kernel - 1) / 2
    weights = np.exp(-0.5 * (x / sigma) ** 2)
    weights /= weights.sum()
    for axis in (0, 1):
        pad = [(0, 0)] * 3
        pad[axis] = (kernel // 2, kernel // 2)
        padded = np.pad(raw, pad, mode="reflect")
        length = raw.shape[axis]
        raw = sum(w * np.take(padded, range(i, i + length), axis) for i, w in enumerate(weights))
    return raw


def fill_values(args, rgb, image, semantic):
    """What the pixels get, in normalised units, broadcastable to the image, R, G, B."""
    raw = rgb.astype(np.float64) / 255
    if args.fill == "reference":
        return np.array(args.mean, np.float32)
    filled = {
        "mean": lambda: np.array(args.colour, np.float32),
        "black": lambda: np.zeros(3),
        "white": lambda: np.ones(3),
        "blur": lambda: blur(raw, args.blur_kernel, args.blur_sigma),
        "noise": lambda: noise(rgb.shape[:2], args.noise_seed, image, semantic),
    }[args.fill]()
    return normalised(args, filled)


def normalised(args, colours):
    """What the network sees of colours in 0..1: (colours x scale - mean) / std."""
    return ((colours * args.scale - np.array(args.mean)) / np.array(args.std)).astype(np.float32)


def variants_of(args, rgb, labels, image):
    """The image as it is and each of its variants, [1 + V, 3, H, W], with their classes and pixel counts."""
    plain = normalised(args, rgb.astype(np.float64) / 255)
    classes, counts = np.unique(labels[labels > 0], return_counts=True)
    keep = counts >= args.min_pixels
    classes, counts = classes[keep], counts[keep]
    stack = [plain]
    for semantic in classes:
        inhibited = (labels == semantic) if args.mode == "remove" else (labels != semantic)
        stack.append(np.where(inhibited[..., None], fill_values(args, rgb, image, int(semantic)), plain))
    stack = np.stack(stack).transpose(0, 3, 1, 2).astype(np.float32)
    return np.ascontiguousarray(stack[:, ::-1] if args.channels == "bgr" else stack), classes, counts


def compare(args):
    file = h5py.File(args.file, "r")
    model = torch.jit.load(args.model).eval()
    scenes = [n.decode() for n in file["/scene/name"][:]]
    paths = [line.split()[0] for line in open(os.path.join(args.root, args.images)) if line.strip()]
    paths = paths[: args.limit] if args.limit else paths
    assert [p.decode() for p in file["/image/path"][:]] == paths, "image list differs"
    offset = file["/image/variant_offset"][:]
    worst, wrong = 0.0, []

    def expect(condition, what):
        if not condition:
            wrong.append(what)

    for i, path in enumerate(paths):
        rgb = read_photo(os.path.join(args.root, path), args.resize, args.crop, args.interpolation)
        label_path = os.path.join(args.root, args.labels, os.path.splitext(path)[0] + ".png")
        labels = read_labels(label_path, args.resize, args.crop, args.channel, args.offset, args.unlabelled)
        stack, classes, counts = variants_of(args, rgb, labels, i)
        rows = slice(offset[i], offset[i + 1])
        expect(file["/image/status"][i] == 1, f"{path}: status")
        expect(np.array_equal(file["/variant/semantic"][rows], classes), f"{path}: classes")
        expect(np.array_equal(file["/variant/pixels"][rows], counts), f"{path}: pixels")
        expect(np.all(file["/variant/image"][rows] == i), f"{path}: variant/image")
        scene = path.split("/")[-2]
        expect(scenes[file["/image/scene"][i]] == scene, f"{path}: scene")
        with torch.no_grad():
            p = torch.cat([torch.softmax(model(torch.from_numpy(part)), 1) for part in np.array_split(stack, max(1, len(stack) // 8))])
        p = p.double().numpy()
        stored = np.vstack([file["/image/probability"][i], file["/variant/probability"][rows]])
        if stored.shape != p.shape:
            wrong.append(f"{path}: {stored.shape} rows where {p.shape} are expected")
            continue
        worst = max(worst, float(np.abs(p - stored).max()))
        loss = -np.log(p[0, scenes.index(scene)])
        expect(abs(loss - file["/image/loss"][i]) <= 1e-3 * max(1, loss), f"{path}: loss")
    print(f"{len(paths)} images, {offset[-1]} variants, largest difference of a probability {worst:.3g}")
    for what in wrong:
        print("WRONG", what)
    return 0 if not wrong and worst <= args.tolerance else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--root", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--images", default="val.txt")
    parser.add_argument("--labels", default="noisy_annotations_RGB")
    parser.add_argument("--channel", default="blue")
    parser.add_argument("--offset", type=int, default=1)
    parser.add_argument("--unlabelled", type=int, default=0)
    parser.add_argument("--resize", default="256")
    parser.add_argument("--interpolation", default="bilinear")
    parser.add_argument("--channels", default="rgb")
    parser.add_argument("--scale", type=int, default=1)
    parser.add_argument("--mean", type=float, nargs=3, default=[0.485, 0.456, 0.406])
    parser.add_argument("--std", type=float, nargs=3, default=[0.229, 0.224, 0.225])
    parser.add_argument("--colour", type=float, nargs=3, default=[0.485, 0.456, 0.406])
    parser.add_argument("--crop", type=int, default=224)
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--fill", default="mean")
    parser.add_argument("--mode", default="remove")
    parser.add_argument("--min-pixels", type=int, default=1)
    parser.add_argument("--blur-kernel", type=int, default=31)
    parser.add_argument("--blur-sigma", type=float, default=10)
    parser.add_argument("--noise-seed", type=int, default=0)
    parser.add_argument("--tolerance", type=float, default=1e-5)
    return compare(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
