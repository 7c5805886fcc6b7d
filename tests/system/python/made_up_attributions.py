"""Adds made-up Shapley values, curves and interactions to an occlusion file of made-up numbers.

They agree with themselves as those of a run do: Shapley values sum to p - p_empty, curves go from p to p_empty, areas are
those of the curves, pairs are those of the classes.
"""

import itertools

import h5py
import numpy as np

ORDERS = ["deviation", "shapley", "area", "random 1", "random 2"]
AREAS = ["deletion_area", "deletion_area_pixels", "insertion_area", "insertion_area_pixels"]


def trapezoids(x, y):
    return ((x[1:] - x[:-1]) * (y[1:] + y[:-1])).sum() / 2


def shapley_values(rng, p, empty, count):
    """Values [count, C] that sum to p - empty."""
    noise = rng.normal(0, 0.02, (count, len(p)))
    return rng.dirichlet(np.ones(count))[:, None] * (p - empty) + noise - noise.mean(axis=0)


def curve(rng, begin, end, count):
    """[count + 1] probabilities."""
    inner = rng.random(count - 1) * max(begin, end)
    return np.concatenate([[begin], inner, [end]]).astype(np.float32)


def add_attributions(file, rng):
    offset = file["/image/variant_offset"][:].astype(int)
    p, p_s = file["/image/probability"][:], file["/variant/probability"][:]
    semantic, pixels = file["/variant/semantic"][:], file["/variant/pixels"][:].astype(float)
    status, truth = file["/image/status"][:], file["/image/scene"][:]
    images, scenes, variants = len(status), p.shape[1], len(semantic)
    nan = np.float32(np.nan)
    empty, phi = np.full((images, scenes), nan, np.float32), np.full((variants, scenes), nan, np.float32)
    coalitions, flips = np.zeros(images, np.uint32), np.zeros((images, len(ORDERS)), np.uint32)
    steps = np.zeros((variants, len(ORDERS)), np.uint16)
    curves = {name: np.full((variants, len(ORDERS)), nan, np.float32) for name in ("deletion", "insertion")}
    areas = {name: np.full((images, len(ORDERS)), nan, np.float32) for name in AREAS}
    pairs, pair_offset = [], [0]
    for i in range(images):
        rows = slice(offset[i], offset[i + 1])
        count = offset[i + 1] - offset[i]
        here = list(itertools.combinations(semantic[rows], 2))
        value = rng.normal(0, 0.1, (2, len(here))) if status[i] == 1 else np.full((2, len(here)), nan)
        value[1] = value[1] if truth[i] >= 0 else nan
        pairs += [(i, s, t, *value[:, k]) for k, (s, t) in enumerate(here)]
        pair_offset.append(len(pairs))
        if status[i] != 1:
            continue
        scene = int(np.argmax(p[i]))
        empty[i] = rng.dirichlet(np.ones(scenes)) if count else p[i]
        coalitions[i] = 2 ** min(count, 20)
        if count == 0:
            continue
        phi[rows] = shapley_values(rng, p[i], empty[i], count)
        keys = {"deviation": p[i, scene] - p_s[rows, scene], "shapley": phi[rows, scene], "area": pixels[rows]}
        for o, name in enumerate(ORDERS):
            order = np.argsort(-keys[name], kind="stable") if name in keys else rng.permutation(count)
            steps[rows, o] = semantic[rows][order]
            by_pixels = np.concatenate([[0], np.cumsum(pixels[rows][order])]) / pixels[rows].sum()
            for kind, begin, end in (("deletion", p[i, scene], empty[i, scene]), ("insertion", empty[i, scene], p[i, scene])):
                points = curve(rng, begin, end, count)
                curves[kind][rows, o] = points[1:]
                areas[f"{kind}_area"][i, o] = trapezoids(np.arange(count + 1) / count, points.astype(float))
                areas[f"{kind}_area_pixels"][i, o] = trapezoids(by_pixels, points.astype(float))
    file["/variant/shapley"], file["/variant/shapley_error"] = phi, np.where(np.isnan(phi), nan, np.float32(0))
    file["/image/probability_empty"], file["/image/coalitions"] = empty, coalitions
    names = [name.encode() for name in ORDERS]
    file["/order/name"] = np.array(names, h5py.string_dtype("utf-8", max(map(len, names))))
    file["/variant/order"], file["/image/flip_count"] = steps, flips
    for name, values in {**{f"/variant/{k}": v for k, v in curves.items()}, **{f"/image/{k}": v for k, v in areas.items()}}.items():
        file[name] = values
    columns = list(zip(*pairs)) if pairs else [[], [], [], [], []]
    file["/image/pair_offset"] = np.array(pair_offset, np.uint64)
    for name, column, kind in zip(("image", "first", "second", "interaction_predicted", "interaction_truth"), columns,
                                  (np.uint32, np.uint16, np.uint16, np.float32, np.float32)):
        file[f"/pair/{name}"] = np.array(column, kind)
