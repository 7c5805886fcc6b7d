"""Writes an occlusion file of made-up numbers, for trying the reduction on any size and on rare cases.

The true scene is the most probable one in about half of the images. Some rows have ties, some scenes have one image
or are never recognised, the last class is never present, and unknown, unreadable and pending images occur as asked.
With --again the file is that of another run: the same images, other numbers, label maps and images without finite scores.
"""

import argparse

import h5py
import numpy as np

from made_up_attributions import add_attributions

DONE, UNREADABLE, NOT_FINITE, PENDING = 1, 2, 3, 0


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--images", type=int, default=300)
    parser.add_argument("--scenes", type=int, default=7)
    parser.add_argument("--semantics", type=int, default=12, help="with 0 = unlabelled")
    parser.add_argument("--variants", type=float, default=5, help="an image, on average")
    parser.add_argument("--unknown", type=float, default=0.05, help="share of images of unknown scene")
    parser.add_argument("--unreadable", type=float, default=0.03)
    parser.add_argument("--not-finite", type=float, default=0.02)
    parser.add_argument("--pending", type=float, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--attributions", action="store_true", help="Shapley values, curves and interactions as well")
    parser.add_argument("--again", type=int, default=0, help="number of the run; 0 = the first")
    return parser.parse_args()


def softmax(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (e / e.sum(axis=1, keepdims=True)).astype(np.float32)


def draw_labels(args, rng):
    """Scene, status and present classes of every image."""
    scene = rng.integers(0, args.scenes, args.images).astype(np.int32)
    if args.scenes > 3:
        scene[scene == args.scenes - 1] = 0  # the last scene has one image
        scene[args.images // 2] = args.scenes - 1
    scene[rng.random(args.images) < args.unknown] = -1
    status = np.full(args.images, DONE, np.uint8)
    chance = rng.random(args.images)
    status[chance < args.unreadable + args.not_finite] = NOT_FINITE
    status[chance < args.unreadable] = UNREADABLE
    status[chance > 1 - args.pending] = PENDING
    present = rng.random((args.images, args.semantics)) < args.variants / max(args.semantics - 2, 1)
    present[:, 0] = present[:, -1] = False
    return scene, status, present


def draw_block(args, rng, scene, present):
    """Probabilities of some images and of their variants."""
    count = len(scene)
    logits = rng.normal(0, 1.5, (count, args.scenes)).astype(np.float32)
    known = np.flatnonzero(scene >= 0)
    logits[known, scene[known]] += 1.7
    if args.scenes > 3:
        logits[:, 1] -= 20  # scene 1 is never recognised
    image, _ = np.nonzero(present)
    variant = logits[image] + rng.normal(0, 0.7, (len(image), args.scenes)).astype(np.float32)
    p, p_s = softmax(logits), softmax(variant)
    same = rng.random(len(image)) < 0.05  # inhibiting the class changes nothing
    p_s[same] = p[image[same]]
    for rows in (p, p_s):  # ties
        rows[rng.random(len(rows)) < 0.02] = np.float32(1 / args.scenes)
    return p, p_s


def texts(names):
    encoded = [name.encode() for name in names]
    return np.array(encoded, h5py.string_dtype("utf-8", max(map(len, encoded))))


def write_labels(file, args, scene, status, present, rng):
    names = [f"scene {c}" for c in range(args.scenes)]
    names[0] = 'the "first", scene'
    file["/scene/name"] = texts(names)
    file["/semantic/name"] = texts(["unlabelled"] + [f"class {s}" for s in range(1, args.semantics)])
    file["/image/path"] = texts([f"val/s/{i:08}.jpg" for i in range(args.images)])
    file["/image/scene"] = scene
    file["/image/status"] = status
    image, semantic = np.nonzero(present)
    file["/image/variant_offset"] = np.concatenate([[0], present.sum(axis=1).cumsum()]).astype(np.uint64)
    file["/variant/image"] = image.astype(np.uint32)
    file["/variant/semantic"] = semantic.astype(np.uint16)
    file["/variant/pixels"] = rng.integers(1, 20000, len(image)).astype(np.uint32)
    file.create_dataset("/image/probability", (args.images, args.scenes), "<f4")
    file.create_dataset("/image/loss", (args.images,), "<f4")
    file.create_dataset("/variant/probability", (len(image), args.scenes), "<f4")


def write_numbers(file, args, scene, status, present, rng):
    offset = file["/image/variant_offset"][:]
    for begin in range(0, args.images, 2000):
        end = min(begin + 2000, args.images)
        p, p_s = draw_block(args, rng, scene[begin:end], present[begin:end])
        with np.errstate(divide="ignore"):
            loss = -np.log(p[np.arange(end - begin), np.maximum(scene[begin:end], 0)])
        loss[scene[begin:end] < 0] = np.nan
        lost = status[begin:end] != DONE
        p[lost], loss[lost] = np.nan, np.nan
        p_s[np.repeat(lost, present[begin:end].sum(axis=1))] = np.nan
        file["/image/probability"][begin:end] = p
        file["/image/loss"][begin:end] = loss
        if len(p_s):
            file["/variant/probability"][offset[begin] : offset[end]] = p_s


def main():
    args = parse()
    rng = np.random.default_rng(args.seed)
    scene, status, present = draw_labels(args, rng)
    if args.again:
        rng = np.random.default_rng([args.seed, args.again])
        changed = rng.random(present.shape) < 0.2
        changed[:, 0] = changed[:, -1] = False
        present ^= changed
        status[(status == DONE) & (rng.random(args.images) < 0.02)] = NOT_FINITE
    with h5py.File(args.file, "w") as file:
        write_labels(file, args, scene, status, present, rng)
        write_numbers(file, args, scene, status, present, rng)
        if args.attributions:
            add_attributions(file, rng)
        file.attrs.update({"format": "semscope occlusion", "format_version": np.uint64(1), "ranks": np.uint64(1)})
        file.attrs["complete"] = np.uint64(not (status == PENDING).any())
        file.attrs["created"] = "2000-01-01T00:00:00Z"
        for name in ("format", "created", "configuration_digest", "model_sha256", "image_list_sha256", "configuration"):
            file.attrs[name] = np.array(str(file.attrs.get(name, "made up")).encode(), h5py.string_dtype("utf-8", 64))


if __name__ == "__main__":
    main()
