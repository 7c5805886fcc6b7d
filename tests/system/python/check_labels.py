"""Compares label maps with an independent run of the same segmentation network.

Each photo of the list goes through the TorchScript network alone, in Pillow, NumPy and PyTorch: the label with the
largest logit (at the photo's size) gives the class by the mapping. Prints the share of equal pixels, overall and of the
worst photo; fails when it is below --least. With --truth compares the label maps with others, class by class.
"""

import argparse
import pathlib

import numpy as np
import torch
from PIL import Image

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def read_mapping(path, names):
    mapping = {}
    for line in path.read_text().splitlines():
        line = line.strip()
        if line and not line.startswith("#"):
            label, target = line.split(None, 1)
            mapping[int(label)] = 0 if target == "ignore" else int(target) if target.isdigit() else names.index(target)
    return np.array([mapping[k] for k in range(len(mapping))])


def read_names(path):
    names = ["unlabelled"]
    for line in path.read_text().splitlines():
        index, name = line.split("\t")[:2]
        if index.isdigit():
            names.append(name)
    return names


def read_labels(path):
    values = np.asarray(Image.open(path))
    return ((values if values.ndim == 2 else values[..., 2]).astype(int) + 1) % 256


def probabilities(model, photo, flip):
    x = torch.from_numpy(np.asarray(photo, np.float32) / 255).permute(2, 0, 1)[None]
    x = (x - torch.tensor(MEAN).view(1, 3, 1, 1)) / torch.tensor(STD).view(1, 3, 1, 1)
    with torch.no_grad():
        def one(image):
            y = model(image)
            y = y["out"] if isinstance(y, dict) else y[0] if isinstance(y, tuple) else y
            return torch.nn.functional.interpolate(y, size=(photo.height, photo.width), mode="bilinear").softmax(1)
        return ((one(x) + one(x.flip(3)).flip(3)) / 2 if flip else one(x))[0].numpy()


def compare_truth(names, pairs):
    counts = np.zeros((len(names), len(names)), np.int64)
    for truth, found in pairs:
        counts += np.bincount(truth.ravel() * len(names) + found.ravel(), minlength=len(names) ** 2).reshape(counts.shape)
    labelled = counts[1:]
    print(f"pixel agreement {np.trace(counts[1:, 1:]) / labelled.sum():.3f} of the labelled pixels")
    for s, name in enumerate(names):
        if s and counts[s].sum() and counts[:, s].sum():
            union = counts[s].sum() + counts[1:, s].sum() - counts[s, s]
            print(f"{name:<16} found {counts[s, s] / counts[s].sum():.3f}  right {counts[s, s] / max(counts[1:, s].sum(), 1):.3f}"
                  f"  intersection over union {counts[s, s] / union:.3f}  pixels {counts[s].sum()}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--labels", type=pathlib.Path, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--map", type=pathlib.Path)
    parser.add_argument("--semantics", default="objectInfo150.txt")
    parser.add_argument("--flip", action="store_true")
    parser.add_argument("--every", type=int, default=1, help="check every so many photos")
    parser.add_argument("--least", type=float, default=0.995)
    parser.add_argument("--truth", type=pathlib.Path, help="root of hand-made label maps")
    args = parser.parse_args()
    torch.set_num_threads(1)
    names = read_names(args.data / args.semantics)
    paths = [line.split("\t")[0] for line in (args.data / "val.txt").read_text().split("\n") if line]
    label_of = {p: (args.labels / p).with_suffix(".png") for p in paths}
    model = torch.jit.load(args.model).eval()
    equal = total = 0
    worst = (2.0, "")
    for path in paths[:: args.every]:
        p = probabilities(model, Image.open(args.data / path).convert("RGB"), args.flip)
        mapping = read_mapping(args.map, names) if args.map else np.arange(len(p)) + (len(p) + 1 == len(names))
        expected = mapping[p.argmax(axis=0)]
        found = read_labels(label_of[path])
        assert found.shape == expected.shape, (path, found.shape, expected.shape)
        same = (found == expected).sum()
        equal, total = equal + same, total + found.size
        worst = min(worst, (same / found.size, path))
    print(f"{equal / total:.6f} of the pixels of {len(paths[:: args.every])} photos are equal; worst {worst[0]:.6f} ({worst[1]})")
    if args.truth:
        compare_truth(names, ((read_labels((args.truth / p).with_suffix(".png")), read_labels(label_of[p])) for p in paths))
    assert equal / total >= args.least


if __name__ == "__main__":
    main()
