"""Recomputes the attributions of an occlusion file by brute force: all coalitions of classes, in PyTorch and NumPy.

Shares no code with semscope. The Shapley values are those of Shapley's formula over all 2^n coalitions; for images of at most
six classes also the mean over all n! orders of what a class adds, as Captum's ShapleyValues computes them. Exact values have to
agree within --tolerance, and 99 % of the sampled ones within three of their standard errors. Curves, areas, flips and
interactions are recomputed from the same table of all coalitions. Exit code 0 when all agrees.
"""
import argparse
import itertools
import math
import os
import sys

import h5py
import numpy as np
import torch

import check_occlusion

BATCH = 64


def all_values(args, model, rgb, labels, classes):
    """v(T) of all coalitions, [2^n, C]; bit i of a row's index is set where class i stays."""
    plain = check_occlusion.normalised(args, rgb.astype(np.float64) / 255)
    fill = check_occlusion.fill_values(args, rgb, 0, 0)
    masks = [labels == semantic for semantic in classes]
    rows = []
    for begin in range(0, 2 ** len(classes), BATCH):
        photos = []
        for mask in range(begin, min(begin + BATCH, 2 ** len(classes))):
            gone = np.zeros(labels.shape, bool)
            for i, own in enumerate(masks):
                if not mask >> i & 1:
                    gone |= own
            photos.append(np.where(gone[..., None], fill, plain))
        stack = torch.from_numpy(np.stack(photos).transpose(0, 3, 1, 2).astype(np.float32))
        with torch.no_grad():
            rows.append(torch.softmax(model(stack), 1).double().numpy())
    return np.concatenate(rows)


def shapley(values, n):
    """Shapley's formula, [n, C]."""
    phi = np.zeros((n, values.shape[1]))
    for mask in range(2**n):
        size = bin(mask).count("1")
        for i in range(n):
            if mask >> i & 1:
                weight = math.factorial(size - 1) * math.factorial(n - size) / math.factorial(n)
                phi[i] += weight * (values[mask] - values[mask ^ 1 << i])
    return phi


def shapley_of_orders(values, n):
    """The mean over all orders of what a class adds to those before it."""
    phi = np.zeros((n, values.shape[1]))
    for order in itertools.permutations(range(n)):
        mask = 0
        for i in order:
            phi[i] += values[mask | 1 << i] - values[mask]
            mask |= 1 << i
    return phi / math.factorial(n)


def trapezoids(x, y):
    return sum((x[k] - x[k - 1]) * (y[k] + y[k - 1]) / 2 for k in range(1, len(x)))


class Checker:
    def __init__(self, args):
        self.args = args
        self.file = h5py.File(args.file, "r")
        self.model = torch.jit.load(args.model).eval()
        self.wrong, self.worst = [], 0.0
        self.exact = self.sampled = self.entries = self.within = 0

    def expect_near(self, what, stored, expected, tolerance=None):
        difference = float(np.abs(np.asarray(stored, float) - np.asarray(expected, float)).max(initial=0))
        self.worst = max(self.worst, difference)
        if not difference <= (tolerance or self.args.tolerance):
            self.wrong.append(f"{what}: off by {difference:.3g}")

    def check_shapley(self, i, rows, values, n):
        file, full = self.file, 2**n - 1
        phi = shapley(values, n)
        if n <= 6:
            self.expect_near(f"image {i}: the two brute forces", shapley_of_orders(values, n), phi, 1e-12)
        self.expect_near(f"image {i}: probability_empty", file["/image/probability_empty"][i], values[0])
        stored, error = file["/variant/shapley"][rows], file["/variant/shapley_error"][rows]
        if file["/image/coalitions"][i] == 2**n:
            self.exact += 1
            self.expect_near(f"image {i}: Shapley values", stored, phi)
            if np.any(error != 0):
                self.wrong.append(f"image {i}: exact values have errors")
        else:
            self.sampled += 1
            self.entries += stored.size
            # Below the rounding of the probabilities themselves a standard error says nothing.
            self.within += int(np.sum(np.abs(stored - phi) <= 3 * error + 1e-7))
        self.expect_near(f"image {i}: efficiency", stored.sum(0), values[full] - values[0], 1e-5)

    def check_curves(self, i, rows, values, n, classes):
        file, full = self.file, 2**n - 1
        predicted = int(np.argmax(file["/image/probability"][i]))
        pixels = file["/variant/pixels"][rows].astype(float)
        deviation = file["/image/probability"][i, predicted] - file["/variant/probability"][rows][:, predicted].astype(float)
        names = [name.decode() for name in file["/order/name"][:]]
        keys = {"deviation": deviation, "area": pixels}
        if "/variant/shapley" in file:
            keys["shapley"] = file["/variant/shapley"][rows][:, predicted]
        for o, name in enumerate(names):
            steps = [list(classes).index(semantic) for semantic in file["/variant/order"][rows][:, o]]
            if sorted(steps) != list(range(n)):
                self.wrong.append(f"image {i}: order {name} is none")
            if name in keys and steps != sorted(range(n), key=lambda s: (-keys[name][s], s)):
                self.wrong.append(f"image {i}: order {name} is another")
            gone = np.concatenate([[0], np.cumsum([1 << s for s in steps])]).astype(int)
            deletion, insertion = values[full - gone][:, predicted], values[gone][:, predicted]
            self.expect_near(f"image {i}: deletion {name}", file["/variant/deletion"][rows][:, o], deletion[1:])
            self.expect_near(f"image {i}: insertion {name}", file["/variant/insertion"][rows][:, o], insertion[1:])
            by_classes = np.arange(n + 1) / n
            by_pixels = np.concatenate([[0], np.cumsum(pixels[steps])]) / pixels.sum()
            for curve, y in (("deletion", deletion), ("insertion", insertion)):
                for axis, x in (("", by_classes), ("_pixels", by_pixels)):
                    self.expect_near(f"image {i}: {curve}_area{axis} {name}", file[f"/image/{curve}_area{axis}"][i, o],
                                     trapezoids(x, y))
            flips = [k for k in range(1, n + 1) if np.argmax(values[full - gone[k]]) != predicted]
            if file["/image/flip_count"][i, o] != (flips[0] if flips else 0):
                self.wrong.append(f"image {i}: flip count of {name}")

    def check_interactions(self, i, values, n, classes):
        file, full = self.file, 2**n - 1
        predicted, truth = int(np.argmax(file["/image/probability"][i])), file["/image/scene"][i]
        begin, end = file["/image/pair_offset"][i : i + 2]
        pairs = list(itertools.combinations(range(n), 2))
        stored = list(zip(file["/pair/first"][begin:end], file["/pair/second"][begin:end]))
        if [(classes[s], classes[t]) for s, t in pairs] != stored:
            self.wrong.append(f"image {i}: pairs")
            return
        for scene, name in ((predicted, "predicted"), (truth, "truth")):
            v = values[:, scene]
            expected = [v[full] - v[full ^ 1 << s] - v[full ^ 1 << t] + v[full ^ 1 << s ^ 1 << t] for s, t in pairs]
            self.expect_near(f"image {i}: interactions, {name}", file[f"/pair/interaction_{name}"][begin:end], expected, 4e-6)

    def check(self):
        args, file = self.args, self.file
        offset = file["/image/variant_offset"][:]
        for i, path in enumerate(name.decode() for name in file["/image/path"][:]):
            rgb = check_occlusion.read_photo(os.path.join(args.root, path), args.resize, args.crop)
            label_path = os.path.join(args.root, "noisy_annotations_RGB", os.path.splitext(path)[0] + ".png")
            labels = check_occlusion.read_labels(label_path, args.resize, args.crop, "blue", 1, 0)
            rows = slice(int(offset[i]), int(offset[i + 1]))
            classes = file["/variant/semantic"][rows]
            n = len(classes)
            values = all_values(args, self.model, rgb, labels, classes)
            self.expect_near(f"image {i}: probability", file["/image/probability"][i], values[-1])
            if "/variant/shapley" in file:
                self.check_shapley(i, rows, values, n)
            if "/variant/deletion" in file:
                self.check_curves(i, rows, values, n, classes)
            if "/pair/first" in file:
                self.check_interactions(i, values, n, classes)
        share = self.within / self.entries if self.entries else 1
        print(f"{len(offset) - 1} images, {self.exact} exact, {self.sampled} sampled; largest difference of what is exact "
              f"{self.worst:.3g}; {100 * share:.2f} % of {self.entries} sampled values within 3 standard errors")
        for what in self.wrong:
            print("WRONG", what)
        return 0 if not self.wrong and share >= args.share else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--root", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--resize", default="256")
    parser.add_argument("--crop", type=int, default=224)
    parser.add_argument("--fill", default="mean")
    parser.add_argument("--tolerance", type=float, default=2e-6)
    parser.add_argument("--share", type=float, default=0.99)
    # What check_occlusion's functions ask for.
    parser.set_defaults(scale=1, mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225], colour=[0.485, 0.456, 0.406])
    return Checker(parser.parse_args()).check()


if __name__ == "__main__":
    sys.exit(main())
