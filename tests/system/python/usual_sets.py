#!/usr/bin/env python3
"""Data sets as they are published (full ADE20K, Cityscapes, COCO-Stuff, PASCAL VOC, NYU Depth V2 with 894 classes): photos of the
demo set with label maps in the files, names, numbers and encodings of each run through to the report, and every class has its name.

Usage: usual_sets.py BIN DEMO SOURCE       the built programs, the demo set, the folder of the project

Each set has the classes of one plain set under other numbers, in the same order, so that every probability has to be that of the
plain set. The numbers of pixels are counted here. Tables of classes are those of config/ or made by jobs/data/class_table.py.
"""
import csv
import json
import os
import pickle
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import h5py
import numpy as np
from PIL import Image

BIN, DEMO, SOURCE = (Path(argument).resolve() for argument in sys.argv[1:])
CROP, MOST_CLASSES = 160, 19
CITYSCAPES_IDS = np.array([4, 7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33])  # 4 is not evaluated
SCENES = ("bathroom", "bathroom", "bathroom", "office", "office")


def expect(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def run(program, *options, code=0):
    interpreter = [sys.executable] if str(program).endswith(".py") else []
    result = subprocess.run([*interpreter, str(program), *map(str, options)], capture_output=True, text=True, timeout=120)
    expect(result.returncode == code, f"{program} ends with {result.returncode}: {result.stdout[-1500:]}{result.stderr[-1500:]}")
    return result.stdout + result.stderr


def read_table(path):
    """Names by number; the first one is that of no class."""
    lines = [line.split("\t", 1) for line in Path(path).read_text().splitlines()[1:]]
    expect([int(number) for number, _ in lines] == list(range(1, len(lines) + 1)), f"the numbers of {path}")
    return ["unlabelled", *(name for _, name in lines)]


class Photos:
    """Photos of the demo set with their label maps as ranks 1 .. K of the classes that occur; 0 = unlabelled."""

    def __init__(self):
        taken = [(scene, SCENES[:i].count(scene)) for i, scene in enumerate(SCENES)]
        stems = [f"val/{scene}/{scene}_{number:04}" for scene, number in taken]
        self.files = [DEMO / f"{stem}.jpg" for stem in stems]
        labels = [(np.asarray(Image.open(DEMO / f"noisy_annotations_RGB/{stem}.png"))[..., 2].astype(int) + 1) % 256
                  for stem in stems]
        classes, counts = np.unique(labels, return_counts=True)
        commonest = sorted(zip(counts[classes > 0], classes[classes > 0]), reverse=True)[:MOST_CLASSES]
        self.classes = sorted(c for _, c in commonest)
        rank = np.zeros(256, int)
        rank[self.classes] = np.arange(1, len(self.classes) + 1)
        self.labels = [rank[label] for label in labels]


class Set:
    """A set of `size` classes as it lies on the disk."""

    def __init__(self, name, size, photo_path, label_path, encode, options, table):
        self.name, self.size, self.encode, self.options, self.table = name, size, encode, options, table
        self.photo_path, self.label_path = photo_path, label_path

    def numbers(self, classes):
        """Ranks -> numbers of classes, the first and the last of the set among them."""
        ranks = np.arange(classes)
        return np.concatenate([[0], 1 + ranks * (self.size - 1) // (classes - 1)])

    def write(self, folder, photos):
        """The photos, the label maps, the list and the tables."""
        numbers = self.numbers(len(photos.classes))
        lines = []
        for i, (file, label) in enumerate(zip(photos.files, photos.labels)):
            photo, target = folder / self.photo_path(i), folder / self.label_path(i)
            for path in photo, target:
                path.parent.mkdir(parents=True, exist_ok=True)
            if photo.suffix == ".jpg":
                photo.write_bytes(file.read_bytes())
            else:
                Image.open(file).save(photo)
            self.encode(numbers[label]).save(target)
            lines.append(f"{os.path.relpath(photo, folder / self.root())}\t{SCENES[i]}\n")
        (folder / "list.txt").write_text("".join(lines))

    def root(self):
        """The folder of the photos that the list's paths start from."""
        return self.photo_path(0).split("/")[0]


def gray(values):
    return Image.fromarray(values.astype(np.uint8))


def encode_ade20k(numbers):
    blue = np.arange(numbers.size).reshape(numbers.shape) % 7      # the instances
    return Image.fromarray(np.stack([numbers // 256 * 10, numbers % 256, blue], -1).astype(np.uint8))


def encode_voc(numbers):
    """A palette image; every other unlabelled pixel is border, 255."""
    stored = np.where((numbers == 0) & (np.arange(numbers.shape[1]) % 2 == 0), 255, numbers)
    image = Image.fromarray(stored.astype(np.uint8), "P")
    image.putpalette(np.random.default_rng(1).integers(0, 256, 768, np.uint8).tobytes())
    return image


def sets(tables):
    """The sets, with the options that docs/formats.md names."""
    index = ["--labels.channel", "gray"]
    return [
        Set("plain", MOST_CLASSES, lambda i: f"val/{i}.jpg", lambda i: f"labels/{i}.png", gray,
            [*index, "--labels.offset", "0", "--labels.root", "../labels"], tables / "plain.txt"),
        Set("ADE20K, full", 3688, lambda i: f"images/ADE/validation/home/ADE_val_{i:08}.jpg",
            lambda i: f"images/ADE/validation/home/ADE_val_{i:08}_seg.png", encode_ade20k,
            ["--labels.encoding", "ade20k-full", "--labels.suffix", "_seg.png", "--labels.root", "."], tables / "ade20k_full.txt"),
        Set("Cityscapes", 19, lambda i: f"leftImg8bit/val/lindau/lindau_{i:06}_000019_leftImg8bit.png",
            lambda i: f"gtFine/val/lindau/lindau_{i:06}_000019_gtFine_labelIds.png", lambda n: gray(CITYSCAPES_IDS[n]),
            ["--data.suffix", "_leftImg8bit.png", "--labels.suffix", "_gtFine_labelIds.png", "--labels.encoding", "cityscapes-ids",
             "--labels.root", "../gtFine"], SOURCE / "config/cityscapes.txt"),
        Set("COCO-Stuff", 182, lambda i: f"val2017/{i:012}.jpg", lambda i: f"stuffthingmaps/{i:012}.png",
            lambda n: gray((n - 1) % 256), [*index, "--labels.offset", "1", "--labels.root", "../stuffthingmaps"],
            SOURCE / "config/coco_stuff.txt"),
        Set("PASCAL VOC", 20, lambda i: f"JPEGImages/2007_{i:06}.jpg", lambda i: f"SegmentationClass/2007_{i:06}.png", encode_voc,
            [*index, "--labels.offset", "0", "--labels.unlabelled", "255", "--labels.root", "../SegmentationClass"],
            SOURCE / "config/voc.txt"),
        Set("NYUv2, 894", 894, lambda i: f"images/{i}.jpg", lambda i: f"labels/{i}.png",
            lambda n: Image.fromarray(n.astype(np.uint16)), [*index, "--labels.offset", "0", "--labels.root", "../labels"],
            tables / "nyuv2_894.txt"),
    ]


def check_class_tables(folder, photos):
    """class_table.py on files of the layouts that the sets publish, and on what is none."""
    script = SOURCE / "jobs/data/class_table.py"
    names = [f"thing {k % 3000}, object {k}" for k in range(1, 3689)]
    with open(folder / "index_ade20k.pkl", "wb") as file:
        pickle.dump({"objectnames": names, "objectPresence": np.zeros((3, 2)), "filename": np.array(["a", "b"])}, file)
    said = run(script, folder / "index_ade20k.pkl", folder / "ade20k_full.txt")
    expect("3688 classes" in said and "labels.encoding = ade20k-full" in said, f"what is said of ADE20K: {said}")
    expect(read_table(folder / "ade20k_full.txt")[1:] == names, "the names of ADE20K")
    run(script, folder / "index_ade20k.pkl", folder / "short.txt", "--short")
    expect(read_table(folder / "short.txt")[3001] == "thing 1", "short names")
    with h5py.File(folder / "labeled.mat", "w", userblock_size=512) as file:
        kept = [file.create_dataset(f"#refs#/{k}", data=[[ord(c)] for c in f"object {k}"], dtype="u2") for k in range(1, 895)]
        file["names"] = np.array([[each.ref for each in kept]], h5py.ref_dtype)
    run(script, folder / "labeled.mat", folder / "nyuv2_894.txt")
    expect(read_table(folder / "nyuv2_894.txt")[894] == "object 894", "the names of NYU Depth V2")
    (folder / "config.json").write_text(json.dumps({"labels": [{"readable": name} for name in ("Bird", "Curb", "Unlabeled")]}))
    said = run(script, folder / "config.json", folder / "vistas.txt")
    expect("2 classes" in said and "labels.unlabelled = 3" in said, f"what is said of Vistas: {said}")
    expect(read_table(folder / "vistas.txt") == ["unlabelled", "Bird", "Curb"], "the names of Vistas")

    class Harm:
        def __reduce__(self):
            return os.mkdir, (str(folder / "harm"),)

    for name, data, words in (("harm.pkl", pickle.dumps({"objectnames": Harm()}), "posix.mkdir"),
                              ("none.json", b"{}", "labels"), ("none.txt", b"wall\n", "neither"),
                              ("nameless.json", b'{"labels": [{"readable": " "}]}', "class 1")):
        (folder / name).write_bytes(data)
        said = run(script, folder / name, folder / "none", code=2)
        expect(words in said and name in said and "Traceback" not in said, f"{name}: {said}")
    expect("--overwrite" in run(script, folder / "config.json", folder / "vistas.txt", code=2), "a table is not replaced")
    expect(not (folder / "harm").exists() and not (folder / "none").exists(), "nothing is run or written")
    demo = read_table(DEMO / "objectInfo150.txt")
    (folder / "plain.txt").write_text("Idx\tName\n" + "".join(f"{k}\t{demo[c]}\n" for k, c in enumerate(photos.classes, 1)))


def check_occlusion(path, each, photos, names, plain):
    """Classes, pixels and names; the probabilities are those of the plain set. Returns these, and (photo, class, pixels)."""
    numbers = each.numbers(len(photos.classes))
    with h5py.File(path) as file:
        got = [text.decode() for text in file["/semantic/name"][:]]
        expect(got == names, f"{each.name}: the names of the classes")
        image, semantic, pixels = (file[f"/variant/{name}"][:] for name in ("image", "semantic", "pixels"))
        values = [file["/image/probability"][:], file["/variant/probability"][:]]
    counted = []
    for i, label in enumerate(photos.labels):
        top, left = (side // 2 - CROP // 2 for side in label.shape)
        for number, count in zip(*np.unique(numbers[label][top:top + CROP, left:left + CROP], return_counts=True)):
            if number:
                counted.append((i, number, count))
    expect(list(zip(image, semantic, pixels)) == counted, f"{each.name}: the classes and their pixels")
    tolerance = 0 if each.photo_path(0).endswith(".jpg") else 1e-3     # a JPEG file that was decoded by another library
    for value, other in zip(values, plain or values):
        expect(np.abs(value - other).max() <= tolerance, f"{each.name}: the probabilities are not those of the plain set")
    return values, [tuple(map(int, each)) for each in counted]


def svg_words(folder):
    """What stands in the pictures of a folder as text."""
    texts = []
    for path in sorted(folder.rglob("*.svg")):
        texts += re.findall(r"<text[^>]*>([^<]*)</text>", path.read_text())
    expect(texts, f"{folder}: has no text")
    return texts


def delivered(path):
    """The JSON of a data file of the report."""
    text = path.read_text()
    return json.loads(text[text.index("{"):text.rindex("}") + 1])


def check_figures(folder, each, names, present):
    """Words of the figures: names of classes that occur, and of each kind at least some."""
    short = {names[n].split(",")[0] for n in present}
    every = {name.split(",")[0] for name in names}
    for kind in "boxplot", "distribution", "sdm":
        words = [word for word in svg_words(folder / "figures" / kind) if word in every]
        expect(words and set(words) <= short, f"{each.name}, {kind}: {sorted(set(words) - short)[:5]} of {len(words)} words")
    words = [word["word"] for path in (folder / "figures/wordcloud").glob("*.json")
             for word in json.loads(path.read_text())["words"]]
    expect(words and set(words) <= short, f"{each.name}, word clouds: {words}")


def check_tables(folder, each, names, present):
    """Names and means of the statistics, from the file and the tables beside it."""
    with h5py.File(folder / "statistics.h5") as file:
        expect([text.decode() for text in file["/semantic/name"][:]] == names, f"{each.name}: the names of the statistics")
        found = np.flatnonzero(file["/deviation/predicted/present"][:].sum(0))
    expect(found.tolist() == present, f"{each.name}: classes of the statistics: {found}")
    with open(folder / "scenes.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    listed = {name for row in rows for kind in ("relevant", "irrelevant", "distracting") for name in row[kind].split("; ") if name}
    expect(listed and listed <= {names[n] for n in present}, f"{each.name}: classes of scenes.csv: {listed}")


def check_report(folder, each, names, counted):
    """The names, and the classes of the scenes and of each photo, in the data of the pages."""
    expect(delivered(folder / "report/data/overview.js")["classes"]["name"] == names, f"{each.name}: the names of the report")
    classes = {c for path in (folder / "report/data/scene").glob("*.js") for c in delivered(path)["classes"]["class"]}
    expect(classes == {number for _, number, _ in counted}, f"{each.name}: the classes of the report's scenes: {sorted(classes)}")
    seen = []
    for page in map(delivered, (folder / "report/data/image").rglob("*.js")):
        seen += [(page["image"], *pair) for pair in zip(page["run"]["classes"], page["run"]["pixels"])]
    expect(sorted(seen) == counted, f"{each.name}: the classes and pixels of the report's photos")


def run_set(folder, each, photos, plain):
    each.write(folder, photos)
    names = read_table(each.table)
    expect(len(names) == each.size + 1 or each.name == "plain", f"{each.name}: {len(names) - 1} classes in {each.table}")
    data = ["--data.root", folder / each.root(), "--data.images", "../list.txt", "--data.scenes", DEMO / "categories_places365.txt",
            "--data.semantics", each.table, *each.options]
    results = ["--output.occlusion", folder / "occlusion.h5", "--output.statistics", folder / "statistics.h5"]
    said = run(BIN / "semscope-occlude", *data, *results[:2], "--model.path", DEMO / "model.ts", "--preprocess.resize", "0",
               "--preprocess.crop", CROP, "--run.batch", "8", "--run.threads", "1")
    values, counted = check_occlusion(folder / "occlusion.h5", each, photos, names, plain)
    present = sorted({number for _, number, _ in counted})
    told = re.search(r"commonest classes: (.*); unlabelled", said).group(1)
    expect(all(any(told_of.startswith(names[n] + " ") for n in present) for told_of in re.split(r"(?<=%), ", told)),
           f"{each.name}: the commonest classes: {told}")
    run(BIN / "semscope-reduce", *results, "--statistics.resamples", "50", "--statistics.permutations", "50")
    figures = ["--output.figures", folder / "figures", "--figures.formats", "svg"]
    run(BIN / "semscope-boxplot", *results, *figures)
    run(BIN / "semscope-wordcloud", *results, *figures)
    run(BIN / "semscope-sdm", *results, *figures, "--figures.limit", "1")
    run(BIN / "semscope-report", *results, "--output.report", folder / "report")
    check_tables(folder, each, names, present)
    check_figures(folder, each, names, present)
    check_report(folder, each, names, counted)
    print(f"ok: {each.name}: {len(present)} of {each.size} classes, {len(values[1])} variants", flush=True)
    return values


def main():
    photos = Photos()
    with tempfile.TemporaryDirectory() as temporary:
        tables = Path(temporary) / "tables"
        tables.mkdir()
        check_class_tables(tables, photos)
        print("ok: tables of classes", flush=True)
        plain = None
        for number, each in enumerate(sets(tables)):
            if each.name == "plain":
                each.size = len(photos.classes)
            folder = Path(temporary) / str(number)
            folder.mkdir()
            values = run_set(folder, each, photos, plain)
            plain = plain or values
    print("all checks passed")


if __name__ == "__main__":
    main()
