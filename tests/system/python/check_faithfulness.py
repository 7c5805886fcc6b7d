"""Recomputes the group /faithfulness of a statistics file from its occlusion file with NumPy.

Usage: check_faithfulness.py OCCLUSION STATISTICS. Shares no code with semscope. The areas are those of trapezoids under the
stored curves; means are to agree within 1e-6, ends of bootstrap intervals within Monte Carlo error. Exit code 77 without
NumPy or h5py.
"""

import csv
import os
import sys

try:
    import h5py
    import numpy as np
except ImportError as error:
    print("skipped:", error)
    sys.exit(77)

from check_comparison import check_interval, expect

SHARES = np.linspace(0, 1, 21)
AREAS = ["deletion", "deletion_pixels", "insertion", "insertion_pixels"]


def trapezoids(x, y):
    return float(((x[1:] - x[:-1]) * (y[1:] + y[:-1])).sum() / 2)


def image_areas(file):
    """Predicted scene, areas [A,O] and curves [2,O,G] of every image that has a result and classes."""
    offset, pixels = file["/image/variant_offset"][:].astype(int), file["/variant/pixels"][:]
    semantic, order = file["/variant/semantic"][:], file["/variant/order"][:]
    p, empty = file["/image/probability"][:], file["/image/probability_empty"][:]
    curves = {name: file[f"/variant/{name}"][:].astype(np.float64) for name in ("deletion", "insertion")}
    scenes, areas, at_shares = [], [], []
    for i in np.flatnonzero(file["/image/status"][:] == 1):
        rows = slice(offset[i], offset[i + 1])
        n = offset[i + 1] - offset[i]
        if n == 0:
            continue
        scene = int(np.argmax(p[i]))
        share, points = np.zeros((4, order.shape[1])), np.zeros((2, order.shape[1], len(SHARES)))
        size = dict(zip(semantic[rows], pixels[rows].astype(np.float64)))
        for o in range(order.shape[1]):
            steps = np.concatenate([[0], np.cumsum([size[s] for s in order[rows, o]])]) / sum(size.values())
            for a, (name, start) in enumerate((("deletion", p), ("insertion", empty))):
                curve = np.concatenate([[start[i, scene]], curves[name][rows, o]])
                share[2 * a, o] = trapezoids(np.arange(n + 1) / n, curve)
                share[2 * a + 1, o] = trapezoids(steps, curve)
                points[a, o] = np.interp(SHARES, np.arange(n + 1) / n, curve)
        scenes.append(scene)
        areas.append(share)
        at_shares.append(points)
    shape = len(areas), 4, order.shape[1]
    return np.array(scenes), np.array(areas).reshape(shape), np.array(at_shares).reshape(len(areas), 2, shape[2], len(SHARES))


def check(group, areas, kinds, place, intervals):
    """One row [A,K] of a group against the areas [images,A,K]."""
    columns = {name: group[name][place] for name in group if not name.startswith(("images", "deletion", "insertion"))}
    for a in range(4):
        for k, kind in enumerate(kinds):
            for name, base in (("mean", None), ("minus_random", "random"), ("minus_area", "area")):
                prefix = "" if base is None else f"{name}_"
                stored = [columns[name][a, k], columns[f"{prefix}ci_low"][a, k], columns[f"{prefix}ci_high"][a, k]]
                if len(areas) == 0 or kind == base or (base and base not in kinds):
                    expect(np.isnan(stored).all(), f"{AREAS[a]} {kind} {name}: NaN is missing")
                    continue
                values = areas[:, a, k] - (0 if base is None else areas[:, a, kinds.index(base)])
                np.testing.assert_allclose(stored[0], values.mean(), rtol=1e-6, atol=1e-6)
                if intervals:
                    check_interval(values, *stored[1:])


def check_curves(group, curves, place, intervals):
    """One row [K,G] of a group's mean curves against the curves [images,2,K,G]."""
    for a, name in enumerate(("deletion", "insertion")):
        mean, low, high = (group[name + end][place] for end in ("", "_ci_low", "_ci_high"))
        if len(curves) == 0:
            expect(np.isnan([mean, low, high]).all(), f"curves of {name}: NaN is missing")
            continue
        np.testing.assert_allclose(mean, curves[:, a].mean(axis=0), rtol=1e-6, atol=1e-6)
        for k, g in np.ndindex(*mean.shape):
            if intervals and g % 5 == 3:
                check_interval(curves[:, a, k, g], low[k, g], high[k, g])


def main():
    with h5py.File(sys.argv[1]) as occlusion, h5py.File(sys.argv[2]) as statistics:
        names = [name.decode() for name in occlusion["/order/name"][:]]
        scenes, areas, curves = image_areas(occlusion)
        kinds = list(dict.fromkeys("random" if name.startswith("random") else name for name in names))
        of_kind = [[i for i, name in enumerate(names) if name == kind or name.startswith(kind + " ")] for kind in kinds]
        areas = np.stack([areas[:, :, orders].mean(axis=2) for orders in of_kind], axis=2)
        curves = np.stack([curves[:, :, orders].mean(axis=2) for orders in of_kind], axis=2)
        group = statistics["/faithfulness"]
        np.testing.assert_allclose(group["share"][:], SHARES)
        check_curves(group["all"], curves, slice(None), True)
        expect([name.decode() for name in group["order"][:]] == kinds, "kinds of orders")
        expect([name.decode() for name in group["area"][:]] == AREAS, "areas")
        check(group["all"], areas, kinds, slice(None), True)
        for c in range(len(statistics["/scene/name"])):
            own = areas[scenes == c]
            expect(group["scene/images"][c] == len(own), "images")
            check(group["scene"], own, kinds, c, False)
            check_curves(group["scene"], curves[scenes == c], c, False)
        with open(os.path.join(os.path.dirname(sys.argv[2]), "faithfulness.csv"), encoding="utf-8", newline="") as text:
            rows = list(csv.DictReader(text))
        expect(len(rows) == 4 * len(kinds) * (1 + len(set(scenes))), "faithfulness.csv")
        for row in rows[: 4 * len(kinds)]:
            place = AREAS.index(row["area"]), kinds.index(row["order"])
            expect(float(row["mean"]) == group["all/mean"][place] and int(row["n"]) == len(areas), "faithfulness.csv")
        print(f"{len(areas)} images, orders {', '.join(kinds)}: areas and differences agree")


if __name__ == "__main__":
    main()
