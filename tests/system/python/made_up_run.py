"""Makes a small data set with photos and label maps and an occlusion file of made-up numbers that fits it, with names that
hurt a page that takes them for markup. Needs no network.

    run = MadeUpRun(folder, images=60)     # folder/data, folder/first.h5, folder/second.h5
"""

import pathlib

import h5py
import numpy as np
from PIL import Image

from made_up_attributions import add_attributions

SCENES = ["kitchen", "<img src=x onerror=window.hacked=1>", "bedroom", "__proto__", 'the "first" & \'second\'',
          "${window.hacked=1}", "a scene with a name that is much longer than any column of any table would like it to be"]
CLASSES = ["unlabelled", "wall", "<script>window.hacked=1</script>", "bed, bunk", "constructor", "</title><h1>x",
           "javascript:window.hacked=1", "\u00e9cran \u2014 \u5c4f\u5e55"]
STEMS = ['<b>x', '"><img src=x onerror=window.hacked=1>', "plain", "%2e%2e%2f", "#hash?query&x=y"]


def softmax(logits):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return (e / e.sum(axis=-1, keepdims=True)).astype(np.float32)


def texts(names):
    encoded = [name.encode() for name in names]
    return np.array(encoded, h5py.string_dtype("utf-8", max(map(len, encoded))))


class MadeUpRun:
    def __init__(self, folder, images=60, scenes=16, semantics=300, side=48, classes=6, seed=1):
        self.folder, self.side = pathlib.Path(folder), side
        self.data = self.folder / "data"
        self.rng = np.random.default_rng(seed)
        self.scenes = (SCENES + [f"scene {c}" for c in range(len(SCENES), scenes)])[:scenes]
        self.semantics = (CLASSES + [f"class {s}" for s in range(len(CLASSES), semantics)])[:semantics]
        self.truth = self.rng.integers(0, scenes - 2, images)  # the last two scenes have no images
        self.truth[self.rng.random(images) < 0.05] = -1
        self.status = np.ones(images, np.uint8)
        self.status[images // 2] = 2
        self.paths = [f"val/s{i % 3}/{STEMS[i % len(STEMS)]}_{i:04}.png" for i in range(images)]
        self.labels = [self.draw(i, classes) for i in range(images)]
        self.write("first", self.probabilities())
        self.write("second", self.probabilities())

    def draw(self, image, classes):
        """A photo of coloured bands and its label map: bands of random classes, one of them unlabelled."""
        side, rng = self.side, self.rng
        # Few of the classes are in any image; two of them do not fit a byte, and one of these ends in the byte of class 2.
        pool = [s for s in (*range(1, 12), 258, 299) if s < len(self.semantics)]
        present = rng.choice(pool, min(classes, len(pool)), replace=False)
        cells = max(4, int(np.ceil(np.sqrt(len(present) + 1))))
        blocks = rng.choice(np.append(present, 0), (cells, cells))
        blocks.flat[:len(present)] = present
        index = np.minimum(np.arange(side) * cells // side, cells - 1)
        labels = blocks[np.ix_(index, index)].astype(np.uint16)
        colours = rng.integers(0, 256, (len(self.semantics), 3)).astype(np.uint8)
        for root, pixels in (("", colours[labels]), ("labels", labels)):
            path = self.data / root / self.paths[image]
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(path)
        return labels

    def probabilities(self):
        """p of every image, and p_s of its classes; peaked, so that most scenes hardly move."""
        rng, count = self.rng, len(self.paths)
        logits = rng.normal(0, 3, (count, len(self.scenes)))
        known = np.flatnonzero(self.truth >= 0)
        logits[known, self.truth[known]] += 6
        p = softmax(logits)
        p_s = [softmax(logits[i] + rng.normal(0, 1.5, (len(np.unique(labels[labels > 0])), len(self.scenes))))
               for i, labels in enumerate(self.labels)]
        return p, p_s

    def write(self, name, numbers):
        p, p_s = numbers
        p = np.where(self.status[:, None] == 1, p, np.float32(np.nan))
        with h5py.File(self.folder / f"{name}.h5", "w") as file:
            file["/scene/name"], file["/semantic/name"] = texts(self.scenes), texts(self.semantics)
            file["/image/path"] = texts(self.paths)
            file["/image/scene"] = self.truth.astype(np.int32)
            file["/image/status"] = self.status
            counts = [np.unique(labels[labels > 0], return_counts=True) for labels in self.labels]
            lengths = [len(semantic) for semantic, _ in counts]
            file["/image/variant_offset"] = np.concatenate([[0], np.cumsum(lengths)]).astype(np.uint64)
            file["/image/probability"] = p
            loss = -np.log(p[np.arange(len(p)), np.maximum(self.truth, 0)])
            file["/image/loss"] = np.where(self.truth >= 0, loss, np.nan).astype(np.float32)
            file["/variant/image"] = np.repeat(np.arange(len(p)), lengths).astype(np.uint32)
            file["/variant/semantic"] = np.concatenate([semantic for semantic, _ in counts]).astype(np.uint16)
            file["/variant/pixels"] = np.concatenate([pixels for _, pixels in counts]).astype(np.uint32)
            rows = [row if self.status[i] == 1 else np.full_like(row, np.nan) for i, row in enumerate(p_s)]
            file["/variant/probability"] = np.concatenate(rows)
            add_attributions(file, np.random.default_rng(3))
            self.describe(file, name)

    def describe(self, file, name):
        configuration = (f"[data]\nroot = {self.data}\n[labels]\nroot = {self.data}/labels\nchannel = gray\noffset = 0\n"
                         f"[preprocess]\nresize = 0\ncrop = {self.side}\n[model]\npath = {name}<i>.ts\n")
        attributes = {"format": "semscope occlusion", "created": "2026-01-01T00:00:00Z", "configuration": configuration,
                      "configuration_digest": name, "model_sha256": "made up", "image_list_sha256": "made up",
                      "command_line": "semscope-occlude '<img src=x onerror=window.hacked=1>'"}
        for key, text in attributes.items():
            file.attrs[key] = np.array(text.encode(), h5py.string_dtype("utf-8", len(text.encode())))
        for key, number in {"format_version": 1, "complete": 1, "ranks": 1}.items():
            file.attrs[key] = np.uint64(number)
