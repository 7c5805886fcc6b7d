"""Compares Shapley values with those of Captum's ShapleyValues on the same feature masks.

Usage: check_captum.py OCCLUSION ROOT MODEL CROP. The algorithm is that of captum.attr.ShapleyValues, written anew in NumPy: for
every order of the features an input that begins as the baseline gets the pixels of one feature after the other, and the change
of the output is added to that feature; the sum is divided by the number of orders. The feature mask is the label map, the
baseline the photo with all features filled with the mean colour; pixels that belong to no feature stay. Shares no code with
semscope. Exit code 0 when all values agree within 2e-6.
"""

import itertools
import os
import sys

import h5py
import numpy as np
import torch
from PIL import Image

MEAN, STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def shapley_values(forward, inputs, baselines, feature_mask, features):
    """Attributions [features, outputs] of inputs [H,W,3] by feature_mask [H,W]."""
    total = np.zeros((len(features), len(forward(inputs))))
    orders = list(itertools.permutations(range(len(features))))
    for order in orders:
        current = baselines.copy()
        before = forward(current)
        for i in order:
            here = feature_mask == features[i]
            current[here] = inputs[here]
            after = forward(current)
            total[i] += after - before
            before = after
    return total / len(orders)


def main():
    path, root, model_path, crop = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    model = torch.jit.load(model_path).eval()

    def forward(pixels):
        with torch.no_grad():
            batch = torch.from_numpy(pixels.transpose(2, 0, 1)[None].astype(np.float32))
            return torch.softmax(model(batch), 1)[0].double().numpy()

    def cut(picture):
        top, left = (picture.shape[0] - crop) // 2, (picture.shape[1] - crop) // 2
        return picture[top : top + crop, left : left + crop]

    worst = 0.0
    with h5py.File(path, "r") as file:
        offset = file["/image/variant_offset"][:]
        for i, name in enumerate(each.decode() for each in file["/image/path"][:]):
            photo = cut(np.array(Image.open(os.path.join(root, name)).convert("RGB")))
            stored = np.array(Image.open(os.path.join(root, "noisy_annotations_RGB", name)))
            mask = (cut(stored)[:, :, 2].astype(int) + 1) % 256
            classes = file["/variant/semantic"][offset[i] : offset[i + 1]]
            assert sorted(classes) == sorted(set(mask.ravel()) - {0}), f"classes of {name}"
            inputs = (photo / 255 - MEAN) / STD
            baselines = np.where((mask > 0)[..., None], 0.0, inputs)  # the mean colour
            expected = shapley_values(forward, inputs, baselines, mask, classes)
            found = file["/variant/shapley"][offset[i] : offset[i + 1]]
            worst = max(worst, np.abs(found - expected).max(initial=0))
        assert np.abs(file["/variant/shapley"][:]).max() > 0.01, "a network that sees nothing"
    print(f"{len(offset) - 1} images, {offset[-1]} features: largest difference to Captum's algorithm {worst:.3g}")
    return 0 if worst <= 2e-6 else 1


if __name__ == "__main__":
    sys.exit(main())
