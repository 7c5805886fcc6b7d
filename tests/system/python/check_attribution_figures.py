"""Compares pictures of attributions with the numbers that they are of.

Usage: check_attribution_figures.py OCCLUSION STATISTICS FIGURES. Curves and interactions of every scene, box plots and word
clouds of Shapley values (SVG), maps of Shapley values (PNG, plasma between the map's own ends). Shares no code with semscope.
"""

import json
import os
import sys
import xml.etree.ElementTree as xml

import h5py
import numpy as np
from PIL import Image

SVG = "{http://www.w3.org/2000/svg}"


def groups(path, kind):
    return [each for each in xml.parse(path).iter(f"{SVG}g") if each.get("class") == kind]


def check_curves(path, curves, place, kinds):
    found = groups(path, "curve")
    assert len(found) == 2 * len(kinds), path
    for each in found:
        name, kind = each.get("data-curve"), kinds.index(each.get("data-order"))
        for end, column in (("mean", name), ("low", f"{name}_ci_low"), ("high", f"{name}_ci_high")):
            drawn = [float(number) for number in each.get(f"data-{end}").split()]
            np.testing.assert_array_equal(drawn, curves[column][place][kind], err_msg=path)


def check_interactions(path, group, own, classes):
    found = {(each.get("data-first"), each.get("data-second")): each for each in groups(path, "interaction")}
    assert len(found) == own.stop - own.start, path
    for i in range(own.start, own.stop):
        pair = classes[group["first"][i]], classes[group["second"][i]]
        each = found.get(pair)
        each = found[pair[::-1]] if each is None else each  # rows are in the order of strength
        for name, column in (("images", "images"), ("mean", "mean"), ("ci-low", "ci_low"), ("q", "q_value")):
            assert float(each.get(f"data-{name}")) == group[column][i], (path, pair, name)


def check_boxes(path, statistics, scene, classes):
    mean = statistics["/shapley/correct/mean"][scene]
    drawn = {int(each.get("data-semantic")): each for each in groups(path, "box")}
    assert set(drawn) == set(np.flatnonzero(mean > statistics["/relevance"].attrs["relevant"])), path
    for s, each in drawn.items():
        for name in ("mean", "q1", "median", "whisker_high", "ci_low"):
            assert float(each.get(f"data-{name.replace('_', '-')}")) == statistics[f"/shapley/correct/{name}"][scene, s], path


def check_cloud(path, statistics, scene, classes):
    with open(path, encoding="utf-8") as text:
        words = {each["word"] for each in json.load(text)["words"]}
    mean = statistics["/shapley/correct/mean"][scene]
    assert words == {classes[s] for s in np.flatnonzero(mean > 0)}, path


def check_map(path, root, name, classes, values):
    """A map has as many colours as the image has different values, and equal ones where the values are."""
    picture = np.array(Image.open(path).convert("RGB")).astype(int)
    stored = np.array(Image.open(os.path.join(root, "noisy_annotations_RGB", name)))[:, :, 2]
    labels = (stored.astype(int) + 1) % 256
    painted = np.zeros(labels.shape)
    for s, value in zip(classes, values):
        painted[labels == s] = value
    low, high = painted.min(), painted.max()
    level = np.minimum(np.floor(255 * (painted - low) / (high - low)), 254) if high > low else np.full(labels.shape, 127.0)
    code = picture @ [65536, 256, 1]
    for one in np.unique(level):
        assert len(np.unique(code[level == one])) == 1, path
    assert len(np.unique(code)) == len(np.unique(level)), path


def main():
    occlusion, statistics, figures = h5py.File(sys.argv[1]), h5py.File(sys.argv[2]), sys.argv[3]
    scenes = [name.decode() for name in statistics["/scene/name"][:]]
    classes = [name.decode() for name in statistics["/semantic/name"][:]]
    curves = {name: data[:] for name, data in statistics["/faithfulness/scene"].items()}
    kinds = [name.decode() for name in statistics["/faithfulness/order"][:]]
    every = {name: data[:][None] for name, data in statistics["/faithfulness/all"].items()}
    check_curves(os.path.join(figures, "curves.svg"), every, 0, kinds)
    pairs = {name: data[:] for name, data in statistics["/interaction/predicted"].items()}
    counts = dict.fromkeys(("curves", "interaction", "boxplot", "wordcloud", "sdm"), 0)
    for c, scene in enumerate(scenes):
        at = lambda kind, ending: os.path.join(figures, kind, scene + ending)
        own = slice(int(pairs["offset"][c]), int(pairs["offset"][c + 1]))
        expected = {"curves": curves["images"][c] > 0, "interaction": own.stop > own.start}
        for kind, here in expected.items():
            assert os.path.exists(at(kind, ".svg")) == here, at(kind, ".svg")
            counts[kind] += here
        if expected["curves"]:
            check_curves(at("curves", ".svg"), curves, c, kinds)
        if expected["interaction"]:
            check_interactions(at("interaction", ".svg"), pairs, own, classes)
        for kind, ending, check in (("boxplot", ".shapley.svg", check_boxes), ("wordcloud", ".shapley.json", check_cloud)):
            if os.path.exists(at(kind, ending)):
                counts[kind] += 1
                check(at(kind, ending), statistics, c, classes)
    offset, p = occlusion["/image/variant_offset"][:].astype(int), occlusion["/image/probability"][:]
    root = [line[7:].strip() for line in occlusion.attrs["configuration"].decode().splitlines() if line.startswith("root = ")][0]
    for i, path in enumerate(name.decode() for name in occlusion["/image/path"][:]):
        rows, scene = slice(offset[i], offset[i + 1]), int(np.argmax(p[i]))
        file = os.path.join(figures, "sdm", scenes[scene], "predicted", os.path.splitext(os.path.basename(path))[0])
        for ending, values in ((".shapley.png", occlusion["/variant/shapley"][rows, scene]),
                               (".png", p[i, scene] - occlusion["/variant/probability"][rows, scene])):
            check_map(file + ending, root, path, occlusion["/variant/semantic"][rows], values)
            counts["sdm"] += 1
    assert os.path.exists(os.path.join(figures, "scene", scenes[0] + ".shapley.svg"))
    assert all(counts.values()), counts
    print("agree:", counts)


if __name__ == "__main__":
    main()
