"""Checks pictures against the files they were drawn from, without a line of semscope.

Maps: every pixel of the decoded PNG must have the colour that matplotlib's plasma gives its deviation, or, with
--scale symmetric, lie on the same level of the diverging map. Box plots: the numbers in the SVG must be those of
statistics.h5. Word clouds: words, weights and sizes in the JSON must follow from the means.
"""

import argparse
import json
import pathlib
import xml.etree.ElementTree as xml

import h5py
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

LEVELS = 255


def crop_labels(path, resize, crop, channel=2):
    """The label map as the network's crop shows it: shorter side resized (nearest), centre cut out."""
    image = Image.open(path)
    width, height = image.size
    if resize:
        short = min(width, height)
        width, height = (resize * width // short if width > short else resize,
                         resize * height // short if height > short else resize)
        image = image.resize((width, height), Image.NEAREST)
    left, top = round((width - crop) / 2), round((height - crop) / 2)
    values = np.asarray(image.crop((left, top, left + crop, top + crop)))
    values = values if values.ndim == 2 else values[..., channel]
    return (values.astype(int) + 1) % 256


def plasma(level):
    table = plt.get_cmap("plasma", LEVELS)(np.arange(LEVELS))[:, :3]
    return np.round(table * 255).astype(np.uint8)[level]


class Occlusion:
    """The deviations of an occlusion file."""

    def __init__(self, path):
        with h5py.File(path) as file:
            self.paths = [p.decode() for p in file["image/path"][:]]
            self.scenes = [p.decode() for p in file["scene/name"][:]]
            self.semantics = len(file["semantic/name"])
            self.truth = file["image/scene"][:]
            self.done = file["image/status"][:] == 1
            self.offset = file["image/variant_offset"][:].astype(int)
            self.p = file["image/probability"][:]
            self.semantic = file["variant/semantic"][:]
            self.p_s = file["variant/probability"][:]
        self.predicted = np.where(self.done, np.nan_to_num(self.p, nan=-1).argmax(axis=1), -1)

    def deviations(self, image):
        scene = self.predicted[image]
        values = np.zeros(self.semantics, np.float32)
        rows = slice(self.offset[image], self.offset[image + 1])
        values[self.semantic[rows]] = self.p[image, scene] - self.p_s[rows, scene]
        return values


def level_of(values, low, high):
    if high == low:
        return np.full(values.shape, LEVELS // 2)
    scaled = (values.astype(np.float64) - low) / (high - low)
    return np.minimum(np.floor(scaled * LEVELS), LEVELS - 1).astype(int)


def whole_labels(path):
    return (np.asarray(Image.open(path))[..., 2].astype(int) + 1) % 256


def enlarged(values, width):
    """Nearest neighbour, the pixel whose area holds the middle of the new one."""
    if width:
        height = round(width / values.shape[1] * values.shape[0])
        rows, columns = ((2 * np.arange(new) + 1) * old // (2 * new)
                         for new, old in ((height, values.shape[0]), (width, values.shape[1])))
        values = values[np.ix_(rows, columns)]
    return values


def check_maps(args, occlusion):
    labels, count = {}, 0
    for image in np.flatnonzero(occlusion.done):
        path = (pathlib.Path(args.data) / "noisy_annotations_RGB" / occlusion.paths[image]).with_suffix(".png")
        crop = crop_labels(path, args.resize, args.crop)
        label = whole_labels(path) if args.area == "full" else crop
        labels[image] = np.where(np.isin(label, crop) | (label == 0), label, -1)  # -1: not seen by the network
    painted = {image: np.where(label < 0, np.nan, occlusion.deviations(image)[label]) for image, label in labels.items()}
    if args.sheet:
        check_sheet(args, occlusion, painted)
        return
    drawn = set(pathlib.Path(args.figures).glob("sdm/*/*/*.png"))
    for image, values in painted.items():
        scene = occlusion.predicted[image]
        low, high = np.nanmin(values), np.nanmax(values)
        if args.scale in ("scene", "all"):
            peers = [v for i, v in painted.items() if args.scale == "all" or occlusion.predicted[i] == scene]
            low, high = min(np.nanmin(v) for v in peers), max(np.nanmax(v) for v in peers)
        if args.range:
            low, high = args.range
        if args.scale == "symmetric":
            high = max(abs(float(low)), abs(float(high)))
            low = -high
        seen = enlarged(~np.isnan(values), args.width)
        values = enlarged(np.nan_to_num(values), args.width)
        level = np.clip(level_of(values, float(low), float(high)), 0, LEVELS - 1)
        sets = ["predicted"] + (["correct"] if occlusion.truth[image] == scene else [])
        for name in sets:
            base = pathlib.Path(args.figures) / "sdm" / occlusion.scenes[scene] / name
            stem = pathlib.Path(occlusion.paths[image]).stem
            file, panel = base / f"{stem}.png", base / f"{stem}.panel.png"
            pixels = np.asarray(Image.open(file))
            assert pixels.shape == (*values.shape, 3), (file, pixels.shape)
            if args.scale == "symmetric":
                check_symmetric(file, pixels, values, level)
            else:
                assert (pixels[seen] == plasma(level)[seen]).all(), f"{file}: not the colours of its deviations"
                assert np.isin(pixels[~seen], (150, 222)).all(), f"{file}: what was not seen is not grey"
            assert Image.open(panel).size[0] > 3 * args.crop / 2
            drawn -= {file, panel}
            count += 1
    assert not drawn, f"pictures that nothing asks for: {drawn}"
    assert count > 0
    print(f"{count} maps have exactly the colours of their deviations")


def check_sheet(args, occlusion, painted):
    """The rows show the most typical images, and the colour bar holds their deviations."""
    tree = xml.parse(pathlib.Path(args.figures) / "sdm" / "sheet.svg").getroot()
    groups = [g for g in tree.iter() if g.tag.endswith("}g")]
    rows = [g for g in groups if g.get("class") == "row"]
    scenes = args.sheet.split(",")
    assert len(rows) == len(scenes)
    low, high = np.inf, -np.inf
    for name, row in zip(scenes, rows):
        scene = occlusion.scenes.index(name)
        images = np.flatnonzero(occlusion.predicted == scene)
        right = images[occlusion.truth[images] == scene]
        images = right if len(right) else images
        table = np.array([occlusion.deviations(i) for i in images], float)
        image = images[np.argmin(((table - table.mean(axis=0)) ** 2).sum(axis=1))]
        low, high = min(low, np.nanmin(painted[image])), max(high, np.nanmax(painted[image]))
        title = " ".join(text.text or "" for text in row.iter() if text.tag.endswith("}text"))
        assert f"Predicted: {name}, p = {occlusion.p[image, scene]:.3f}" in title, (name, title)
    bar = [g for g in groups if g.get("class") == "colour-bar"]
    assert len(bar) == 1 and np.isclose(float(bar[0].get("data-low")), low) and np.isclose(float(bar[0].get("data-high")), high)
    print(f"{len(rows)} rows show the most typical images")


def check_symmetric(file, pixels, values, level):
    """Equal levels have equal colours, 0 is near-white, supporting classes are red, opposing ones blue."""
    for each in np.unique(level):
        assert len(np.unique(pixels[level == each], axis=0)) == 1, file
    red, blue = pixels[..., 0].astype(int), pixels[..., 2].astype(int)
    assert (pixels[level == LEVELS // 2] > 235).all(), file
    strong = np.abs(values) > 0.3 * np.abs(values).max()
    assert (red > blue)[strong & (values > 0)].all() and (blue > red)[strong & (values < 0)].all(), file


def check_box_plots(args):
    count = 0
    with h5py.File(args.statistics) as file:
        scenes = [s.decode() for s in file["scene/name"][:]]
        correct = file["deviation/correct"]
        mean = correct["mean"][:]
        offsets = correct["sample_offset"][:].astype(int)
        threshold = file["relevance"].attrs["relevant"]
        for scene, name in enumerate(scenes):
            path = pathlib.Path(args.figures) / "boxplot" / f"{name}.svg"
            with np.errstate(invalid="ignore"):
                expected = [s for s in range(1, mean.shape[1]) if mean[scene, s] > threshold]
            assert path.exists() == bool(expected), path
            if not expected:
                continue
            boxes = [g for g in xml.parse(path).iter() if g.get("class") == "box"]
            assert [int(b.get("data-semantic")) for b in boxes] == expected, path
            images = int(correct["images"][scene])
            for box, s in zip(boxes, expected):
                for key in ("mean", "min", "q1", "median", "q3", "max", "whisker_low", "whisker_high", "ci_low", "ci_high"):
                    text, value = box.get("data-" + key.replace("_", "-")), correct[key][scene, s]
                    assert np.isnan(value) or float(text) == value, (path, s, key, text, value)
                assert int(box.get("data-n")) == images
                cell = scene * mean.shape[1] + s
                stored = correct["sample_value"][offsets[cell] : offsets[cell + 1]].astype(float)
                sample = np.concatenate([stored, np.zeros(images - len(stored))])
                low, high = correct["whisker_low"][scene, s], correct["whisker_high"][scene, s]
                outside = np.sort(sample[(sample < low) | (sample > high)])
                fliers = np.sort([float(f.get("data-value")) for f in box.iter() if f.get("class") == "flier"])
                assert len(fliers) == len(outside) and (fliers == outside).all(), (path, s)
                count += 1
    assert count > 0
    print(f"{count} boxes hold the numbers of the statistics file")


def check_clouds(args):
    count = 0
    with h5py.File(args.statistics) as file:
        scenes = [s.decode() for s in file["scene/name"][:]]
        mean = file["deviation/correct/mean"][:]
    for scene, name in enumerate(scenes):
        path = pathlib.Path(args.figures) / "wordcloud" / f"{name}.json"
        with np.errstate(invalid="ignore"):
            expected = [s for s in range(1, mean.shape[1]) if mean[scene, s] > 0]
        assert path.exists() == bool(expected), path
        if not expected:
            continue
        cloud = json.loads(path.read_text())
        entries = cloud["words"] + cloud["unplaced"]
        assert sorted(e["semantic"] for e in entries) == expected, path
        weights = np.ceil(mean[scene, expected] / max(mean[scene, expected].min(), 1e-4))
        weights = np.maximum(weights, np.percentile(weights, 45))
        for entry in entries:
            assert np.isclose(entry["weight"], weights[expected.index(entry["semantic"])]), (path, entry)
        order = sorted(cloud["words"], key=lambda e: -e["weight"])
        for heavy, light in zip(order, order[1:]):
            may_be_equal = heavy["weight"] == light["weight"] or light["font_size"] == 6
            assert heavy["font_size"] > light["font_size"] or (
                may_be_equal and heavy["font_size"] == light["font_size"]), path
        for word in cloud["words"]:
            x, y, width, height = word["box"]
            assert 0 <= x and 0 <= y and x + width <= cloud["width"] and y + height <= cloud["height"], (path, word)
        count += len(entries)
    assert count > 0
    print(f"{count} words weigh what their means say")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--occlusion", required=True)
    parser.add_argument("--statistics", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--figures", required=True)
    parser.add_argument("--resize", type=int, default=256)
    parser.add_argument("--crop", type=int, default=224)
    parser.add_argument("--scale", default="image")
    parser.add_argument("--area", default="crop")
    parser.add_argument("--range", type=float, nargs=2)
    parser.add_argument("--width", type=int, default=0, help="of a map, in pixels")
    parser.add_argument("--sheet", default="")
    args = parser.parse_args()
    check_maps(args, Occlusion(args.occlusion))
    if (pathlib.Path(args.figures) / "boxplot").exists():
        check_box_plots(args)
        check_clouds(args)


if __name__ == "__main__":
    main()
