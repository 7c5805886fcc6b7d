"""Recomputes the group /interaction of a statistics file from its occlusion file with NumPy.

Usage: check_interactions.py OCCLUSION STATISTICS. Shares no code with semscope. Counts are to be equal, means to agree within
1e-6, intervals and p-values within Monte Carlo error. Exit code 77 without NumPy, SciPy or h5py.
"""

import csv
import os
import sys

from check_statistics_file import check_interval, check_p_value, check_q_values, expect, h5py, np


def pair_values(file, predicted):
    """For each scene the pairs of its images, {(first, second): values in image order}."""
    table = [{} for _ in range(len(file["/scene/name"]))]
    offset, p = file["/image/pair_offset"][:].astype(int), file["/image/probability"][:]
    first, second = file["/pair/first"][:], file["/pair/second"][:]
    values = file[f"/pair/interaction_{'predicted' if predicted else 'truth'}"][:]
    for i in np.flatnonzero(file["/image/status"][:] == 1):
        scene = int(np.argmax(p[i])) if predicted else file["/image/scene"][i]
        for row in range(offset[i], offset[i + 1]):
            if scene >= 0:
                table[scene].setdefault((first[row], second[row]), []).append(values[row])
    return table


def main():
    tried = pairs = 0
    with h5py.File(sys.argv[1]) as occlusion, h5py.File(sys.argv[2]) as statistics:
        names = [name.decode() for name in statistics["/scene/name"][:]]
        classes = [name.decode() for name in statistics["/semantic/name"][:]]
        with open(os.path.join(os.path.dirname(sys.argv[2]), "interactions.csv"), encoding="utf-8", newline="") as text:
            rows = {(row["images"], row["scene"], row["first"], row["second"]): row for row in csv.DictReader(text)}
        for of in ("predicted", "truth"):
            group = {name: data[:] for name, data in statistics[f"/interaction/{of}"].items()}
            for c, expected in enumerate(pair_values(occlusion, of == "predicted")):
                own = slice(int(group["offset"][c]), int(group["offset"][c + 1]))
                expect(list(zip(group["first"][own], group["second"][own])) == sorted(expected), f"pairs of scene {c}")
                check_q_values(group["p_value"][own], group["q_value"][own])
                for place, (pair, values) in zip(range(own.start, own.stop), sorted(expected.items())):
                    values = np.array(values, np.float64)
                    expect(group["images"][place] == len(values), "images")
                    np.testing.assert_allclose(group["mean"][place], values.mean(), rtol=1e-6, atol=1e-6)
                    row = rows.pop((of, names[c], classes[pair[0]], classes[pair[1]]))
                    expect(float(row["mean"]) == group["mean"][place] and int(row["n"]) == len(values), "interactions.csv")
                    if tried < 60:
                        tried += 1
                        check_interval(values, group["ci_low"][place], group["ci_high"][place])
                        check_p_value(values, group["p_value"][place])
                    pairs += 1
        expect(not rows, "more rows in interactions.csv")
    print(f"{pairs} pairs agree; {tried} intervals and p-values tried")


if __name__ == "__main__":
    main()
