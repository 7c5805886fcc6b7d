"""Recomputes a comparison file from its two occlusion files with NumPy, and compares every number of it.

Usage: check_comparison.py FIRST SECOND COMPARISON. Shares no code with semscope. Counts, sets and roles are to be equal,
other numbers within 1e-6; ends of bootstrap intervals and p-values, of some classes, within Monte Carlo error. Exit code
0 when all agrees, 77 without NumPy or h5py.
"""

import csv
import itertools
import json
import sys

try:
    import h5py
    import numpy as np
except ImportError as error:
    print("skipped:", error)
    sys.exit(77)

TOLERANCE = {"rtol": 1e-6, "atol": 1e-6}
SIDES = ("first", "second")


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def midranks(values):
    """By counting: values below, and half of the equal ones."""
    return (values[:, None] > values).sum(axis=1) + ((values[:, None] == values).sum(axis=1) + 1) / 2


def spearman(a, b):
    if len(a) < 2:
        return np.nan
    a, b = midranks(a), midranks(b)
    if a.std() == 0 or b.std() == 0:
        return np.nan
    return np.corrcoef(a, b)[0, 1]


class Run:
    """An occlusion file as full matrices: a row for every class of every image."""

    def __init__(self, path):
        with h5py.File(path) as file:
            self.status, self.scene = file["/image/status"][:], file["/image/scene"][:]
            self.p = file["/image/probability"][:]
            offset, semantic = file["/image/variant_offset"][:], file["/variant/semantic"][:]
            self.semantics = len(file["/semantic/name"])
            self.present = np.zeros((len(self.p), self.semantics), bool)
            self.rows = np.repeat(self.p[:, None], self.semantics, axis=1)
            image = np.repeat(np.arange(len(self.p)), np.diff(offset).astype(int))
            self.present[image, semantic] = True
            self.rows[image, semantic] = file["/variant/probability"][:]
        self.done = self.status == 1
        self.predicted = np.where(self.done, np.argmax(np.nan_to_num(self.p, nan=-1), axis=1), -1)

    def deviations(self, image, scene):
        return self.p[image, scene] - self.rows[image, :, scene]  # float32, 0 where absent


class Truth:
    def __init__(self, first, second):
        self.runs = first, second
        self.scenes, self.semantics = first.p.shape[1], first.semantics
        self.done = first.done & second.done
        self.known = self.done & (first.scene >= 0)
        self.right = [run.predicted == first.scene for run in self.runs]
        self.rank = np.full(len(first.p), np.nan)
        self.classes = (first.present & second.present).sum(axis=1) * self.done
        self.explanations = []
        for image in np.flatnonzero(self.done):
            scene = first.scene[image] if first.scene[image] >= 0 else first.predicted[image]
            shared = first.present[image] & second.present[image]
            self.rank[image] = spearman(*(run.deviations(image, scene)[shared] for run in self.runs))
            if self.known[image] and self.right[0][image] != self.right[1][image]:
                self.explain(image, scene)

    def explain(self, image, scene):
        winner, loser = self.runs if self.right[0][image] else self.runs[::-1]
        for s in range(self.semantics):
            necessary = winner.present[image, s] and np.argmax(winner.rows[image, s]) != scene
            flip = loser.present[image, s] and np.argmax(loser.rows[image, s]) == scene
            if necessary or flip:
                self.explanations.append((image, s, necessary + 2 * flip))


def check_interval(values, low, high):
    """By rank among 20,000 resamples: an end is a quantile of 2,000 means, and their distribution may have steps."""
    draws = np.random.default_rng(1).integers(0, len(values), (20000, len(values)))
    means = values[draws].mean(axis=1)
    slack = 1e-6 * (1 + np.abs(values).max())
    error = 5 * np.sqrt(0.025 * 0.975 / 2000)
    for end, share in ((low, 0.025), (high, 0.975)):
        expect((means < end - slack).mean() <= share + error, "interval")
        expect((means <= end + slack).mean() >= share - error, "interval")


def check_p_value(values, p_value):
    values = values[values != 0].astype(np.float64)
    if len(values) == 0:
        expect(p_value == 1, "p of differences that are 0")
        return
    if len(values) <= 12:
        signs = np.array(list(itertools.product((1, -1), repeat=len(values))))
        reference, error = (np.abs(signs @ values) >= abs(values.sum()) * (1 - 1e-12)).mean(), 1e-9
    else:
        signs = 2 * np.random.default_rng(2).integers(0, 2, (10000, len(values))) - 1
        reference = (np.abs(signs @ values) >= abs(values.sum())).mean()
        error = 5 * np.sqrt(reference * (1 - reference) / 2000) + 2e-3
    expect(abs(p_value - reference) <= error, f"p-value {p_value} instead of {reference}")


def check_q_values(p, q):
    tested = ~np.isnan(p)
    np.testing.assert_array_equal(np.isnan(q), ~tested)
    for own_p, own_q in zip(p[tested], q[tested]):
        above = [x * tested.sum() / np.count_nonzero(p[tested] <= x) for x in p[tested] if x >= own_p]
        np.testing.assert_allclose(own_q, min(1.0, min(above)), rtol=1e-9)


def check_images(truth, file):
    group = file["/image"]
    np.testing.assert_array_equal(group["scene"][:], truth.runs[0].scene)
    for run, side in zip(truth.runs, SIDES):
        np.testing.assert_array_equal(group[f"predicted_{side}"][:], run.predicted)
    np.testing.assert_array_equal(group["classes"][:], truth.classes)
    np.testing.assert_allclose(group["rank_correlation"][:], truth.rank, **TOLERANCE)
    stored = zip(*(file[f"/explanation/{name}"][:] for name in ("image", "semantic", "role")))
    expect([tuple(map(int, row)) for row in stored] == truth.explanations, "explanations")


def check_recognised(truth, file):
    group, scene = file["/recognised"], truth.runs[0].scene
    first, second = (right & truth.known for right in truth.right)
    counts = {"both": first & second, "neither": truth.known & ~first & ~second,
              "first_alone/images": first & ~second, "second_alone/images": second & ~first}
    for name, images in counts.items():
        np.testing.assert_array_equal(group[name][:], np.bincount(scene[images], minlength=truth.scenes), name)
    roles = {(side, name): np.zeros((truth.scenes, truth.semantics), int) for side in SIDES for name in ("necessary", "flip")}
    for image, semantic, role in truth.explanations:
        side = SIDES[0] if truth.right[0][image] else SIDES[1]
        roles[side, "necessary"][scene[image], semantic] += role & 1
        roles[side, "flip"][scene[image], semantic] += role >> 1
    for (side, name), expected in roles.items():
        np.testing.assert_array_equal(group[f"{side}_alone/{name}"][:], expected, f"{side} {name}")
    same = truth.runs[0].predicted == truth.runs[1].predicted
    attributes = {"images": truth.done, "without_result": ~truth.done, "judged": truth.known,
                  "same_prediction": same & truth.done, "correct_first": first, "correct_second": second,
                  "first_alone": first & ~second, "second_alone": second & ~first}
    for name, images in attributes.items():
        expect(group.attrs[name] == images.sum(), name)


def check_differences(truth, file):
    """Returns the number of intervals and p-values that were tried."""
    group, tried = file["/difference"], 0
    columns = {name: group[name][:] for name in group}
    for c in range(truth.scenes):
        images = np.flatnonzero(truth.known & (truth.runs[0].scene == c))
        expect(columns["images"][c] == len(images), f"images of scene {c}")
        if len(images) == 0:
            expect(all(np.isnan(columns[name][c]).all() for name in columns if name not in ("images", "present")), "NaN")
            continue
        first, second = (np.array([run.deviations(i, c) for i in images]) for run in truth.runs)
        present = truth.runs[0].present[images] | truth.runs[1].present[images]
        difference = second - first  # float32
        np.testing.assert_array_equal(columns["present"][c], present.sum(axis=0))
        for name, values in (("mean_first", first), ("mean_second", second), ("mean", difference)):
            np.testing.assert_allclose(columns[name][c], values.mean(axis=0, dtype=np.float64), err_msg=name, **TOLERANCE)
        for s in range(truth.semantics):
            ci = columns["ci_low"][c, s], columns["ci_high"][c, s]
            if not present[:, s].any():
                expect(ci == (0, 0) and np.isnan(columns["p_value"][c, s]), "a class never present")
            elif tried < 60:
                tried += 1
                check_interval(difference[:, s], *ci)
                check_p_value(difference[:, s], columns["p_value"][c, s])
        check_q_values(columns["p_value"][c], columns["q_value"][c])
    return tried


def check_means(values, stored, what):
    """Count, mean and interval of the values that are no NaN."""
    values = values[~np.isnan(values)]
    count, mean, low, high = stored
    expect(count == len(values), f"{what}: count")
    if len(values) == 0:
        expect(np.isnan([mean, low, high]).all(), f"{what}: NaN is missing")
        return
    np.testing.assert_allclose(mean, values.mean(), err_msg=what, **TOLERANCE)
    check_interval(values, low, high)


def check_rank_correlation(truth, file):
    group = file["/rank_correlation"]
    names = ("images", "mean", "ci_low", "ci_high")
    for c in range(truth.scenes):
        own = truth.rank[truth.known & (truth.runs[0].scene == c)]
        check_means(own, [group[name][c] for name in names], f"rank correlation of scene {c}")
    check_means(truth.rank, [group.attrs[name] for name in names], "rank correlation")


def check_relevance(truth, file):
    group = file["/relevance"]
    sets = []
    for run, right, side in zip(truth.runs, truth.right, SIDES):
        mean = np.full((truth.scenes, truth.semantics), np.nan)
        for c in range(truth.scenes):
            images = np.flatnonzero(truth.known & right & (run.scene == c))
            expect(group[side]["images"][c] == len(images), "correct predictions")
            if len(images):
                mean[c] = np.mean([run.deviations(i, c) for i in images], axis=0, dtype=np.float64)
        np.testing.assert_allclose(group[side]["mean"][:], mean, **TOLERANCE)
        sets.append(group[side]["mean"][:] > group.attrs["relevant"])
        np.testing.assert_array_equal(group[side]["relevant"][:], sets[-1])
    with np.errstate(invalid="ignore"):
        jaccard = (sets[0] & sets[1]).sum(axis=1) / (sets[0] | sets[1]).sum(axis=1)
    np.testing.assert_allclose(group["jaccard"][:], jaccard, rtol=1e-12)
    check_means(jaccard, [group.attrs[name] for name in ("scenes", "jaccard_mean", "jaccard_ci_low", "jaccard_ci_high")],
                "Jaccard index")


def read_csv(base, ending):
    with open(base + ending, encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def check_exports(truth, file, base):
    """The texts beside the file say what the file says."""
    scenes = [name.decode() for name in file["/scene/name"][:]]
    classes = [name.decode() for name in file["/semantic/name"][:]]
    same = lambda text, stored: np.isnan(stored) if text in ("", None) else float(text) == stored
    rows = read_csv(base, ".images.csv")
    expect(len(rows) == len(truth.rank), "images.csv")
    rank = file["/image/rank_correlation"][:]
    for image, row in enumerate(rows):
        expect(row["rank_correlation"] == "" if np.isnan(rank[image]) else np.float32(row["rank_correlation"]) == rank[image],
               "images.csv: rank correlation")
        wanted = [[classes[s] for i, s, role in truth.explanations if i == image and role & bit] for bit in (1, 2)]
        expect([row["necessary"], row["flip"]] == ["; ".join(names) for names in wanted], "images.csv: explanations")
        who = {(True, True): "both", (True, False): "first", (False, True): "second", (False, False): "neither"}
        right = bool(truth.right[0][image]), bool(truth.right[1][image])
        expect(row["recognised"] == (who[right] if truth.known[image] else ""), "images.csv: recognised")
    for row in read_csv(base, ".classes.csv"):
        place = scenes.index(row["scene"]), classes.index(row["class"])
        for column, name in (("mean_first", "mean_first"), ("difference", "mean"), ("ci_low", "ci_low"), ("q", "q_value")):
            expect(same(row[column], file[f"/difference/{name}"][place]), f"classes.csv: {column}")
        expect(int(row["second_alone_flip"]) == file["/recognised/second_alone/flip"][place], "classes.csv: flip")
    with open(base + ".json", encoding="utf-8") as text:
        objects = json.load(text)
    for name, value in objects["recognised"].items():
        expect(value == file["/recognised"].attrs[name], name)
    expect([each["scene"] for each in objects["scenes"]] == scenes, "scene names")
    for c, (row, each) in enumerate(zip(read_csv(base, ".scenes.csv"), objects["scenes"])):
        jaccard = file["/relevance/jaccard"][c]
        expect(same(row["jaccard"], jaccard) and same(each["jaccard"], jaccard), "Jaccard index")
        wanted = [classes[s] for s in np.flatnonzero(file["/relevance/first/relevant"][c] & file["/relevance/second/relevant"][c])]
        expect(row["relevant_both"] == "; ".join(wanted) and each["relevant"]["both"] == wanted, "relevant classes")


def main():
    first, second, path = sys.argv[1:]
    truth = Truth(Run(first), Run(second))
    with h5py.File(path) as file:
        check_images(truth, file)
        check_recognised(truth, file)
        tried = check_differences(truth, file)
        check_rank_correlation(truth, file)
        check_relevance(truth, file)
        check_exports(truth, file, path.removesuffix(".h5"))
    print(f"{truth.done.sum()} images agree; {tried} intervals and p-values tried, {len(truth.explanations)} explanations")


if __name__ == "__main__":
    main()
