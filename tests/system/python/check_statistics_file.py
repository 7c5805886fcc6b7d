"""Recomputes a statistics file from its occlusion file with NumPy and SciPy, and compares every number of it.

Usage: check_statistics_file.py OCCLUSION STATISTICS [LABELS]. LABELS: root of label maps whose classes stand in blue, for
statistics that were made with statistics.area = full. Shares no code with semscope. Counts, sets and distractors are to
be equal, other numbers within 1e-6; ends of bootstrap intervals and p-values, of some classes, within Monte Carlo
error. Exit code 0 when all agrees, 77 without NumPy, SciPy or h5py.
"""

import csv
import json
import os
import sys

try:
    import h5py
    import numpy as np
    from scipy import stats
except ImportError as error:
    print("skipped:", error)
    sys.exit(77)

TOLERANCE = {"rtol": 1e-6, "atol": 1e-6}


class Truth:
    """All that can be counted, by looping over the images with full occlusion matrices."""

    def __init__(self, occlusion):
        self.scenes, self.semantics = len(occlusion["/scene/name"]), len(occlusion["/semantic/name"])
        shape = (self.scenes, self.semantics)
        self.confusion = np.zeros((self.scenes, self.scenes), int)
        self.top = {k: np.zeros(self.scenes, int) for k in (1, 2, 5)}
        self.losses = []
        self.unknown = self.unreadable = self.not_finite = self.pending = 0
        self.missed = np.zeros(self.scenes, int)
        self.strongest, self.flip = np.zeros(shape, int), np.zeros(shape, int)
        self.pixels = {"truth": np.zeros(shape), "predicted": np.zeros(shape)}
        self.samples = {name: [[] for _ in range(self.scenes)] for name in ("correct", "predicted")}
        self.shapley = {name: [[] for _ in range(self.scenes)] for name in ("correct", "predicted")}
        shapley = occlusion["/variant/shapley"][:] if "/variant/shapley" in occlusion else None
        self.images = []
        offset = occlusion["/image/variant_offset"][:]
        rows = {name: occlusion[name] for name in ("/image/probability", "/variant/probability")}
        status, scene, loss = (occlusion[f"/image/{name}"][:] for name in ("status", "scene", "loss"))
        semantic, pixels = occlusion["/variant/semantic"][:], occlusion["/variant/pixels"][:]
        for i in range(len(status)):
            self.unreadable += status[i] == 2
            self.not_finite += status[i] == 3
            self.pending += status[i] == 0
            self.images.append({"path": occlusion["/image/path"][i], "status": status[i], "scene": scene[i],
                                "predicted": -1, "rank": 0, "correct": 0, "supporting": 0, "opposing": 0,
                                "distractor": 0, "flips": [], "loss": np.nan, "scene_probability": np.nan,
                                "predicted_probability": np.nan, "supporting_deviation": np.nan,
                                "opposing_deviation": np.nan})
            if status[i] == 1:
                part = slice(offset[i], offset[i + 1])
                self.add(i, rows["/image/probability"][i], scene[i], loss[i], semantic[part], pixels[part],
                         rows["/variant/probability"][part])
                if shapley is not None:
                    self.add_shapley(i, rows["/image/probability"][i], scene[i], semantic[part], shapley[part])

    def add(self, image, p, scene, loss, present, pixels, variants):
        matrix = np.tile(p, (self.semantics, 1))
        matrix[present] = variants
        predicted = int(np.argmax(p))
        deviation = np.full(self.semantics, np.nan)
        deviation[present] = p[predicted] - variants[:, predicted]
        self.samples["predicted"][predicted].append((image, deviation))
        self.pixels["predicted"][predicted][present] += pixels
        row = self.images[image]
        row.update(predicted=predicted, predicted_probability=p[predicted])
        full = np.nan_to_num(deviation)
        row.update(supporting=np.argmax(full) if full.max() > 0 else 0, supporting_deviation=max(full.max(), 0),
                   opposing=np.argmin(full) if full.min() < 0 else 0, opposing_deviation=min(full.min(), 0))
        if scene < 0:
            self.unknown += 1
            return
        self.losses.append(float(loss))
        self.confusion[scene, predicted] += 1
        place = int(np.flatnonzero(np.argsort(-p, kind="stable") == scene)[0])
        for k, counts in self.top.items():
            counts[scene] += place < k
        row.update(scene_probability=p[scene], rank=place + 1, correct=int(predicted == scene), loss=loss)
        self.pixels["truth"][scene][present] += pixels
        if predicted == scene:
            self.samples["correct"][scene].append((image, deviation))
            return
        self.missed[scene] += 1
        row, column = np.unravel_index(np.argmax(matrix[1:]), matrix[1:].shape)
        self.strongest[scene, row + 1] += column == scene
        flips = [s for s in present if np.argmax(matrix[s]) == scene]
        self.flip[scene, flips] += 1
        self.images[image].update(distractor=row + 1 if column == scene else 0, flips=flips)


    def add_shapley(self, image, p, scene, present, values):
        predicted = int(np.argmax(p))
        shapley = np.full(self.semantics, np.nan)
        shapley[present] = values[:, predicted]
        for name in ("correct", "predicted") if scene == predicted else ("predicted",):
            self.shapley[name][predicted].append((image, shapley))


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def check_evaluation(truth, group):
    np.testing.assert_array_equal(group["confusion"][:], truth.confusion)
    images = truth.confusion.sum(axis=1)
    np.testing.assert_array_equal(group["scene_images"][:], images)
    for k, counts in truth.top.items():
        np.testing.assert_array_equal(group[f"scene_top{k}"][:], counts)
        share = 100 * counts.sum() / images.sum() if images.sum() else np.nan
        np.testing.assert_allclose(group.attrs[f"top{k}"], share, **TOLERANCE)
    for name in ("unknown", "unreadable", "not_finite", "pending"):
        expect(group.attrs[name] == getattr(truth, name), name)
    expect(group.attrs["images"] == images.sum(), "images")
    if images.sum():
        some = images > 0
        np.testing.assert_allclose(group.attrs["loss"], np.mean(truth.losses), **TOLERANCE)
        np.testing.assert_allclose(group.attrs["mean_class_accuracy"], 100 * np.mean(truth.top[1][some] / images[some]),
                                   **TOLERANCE)
        np.testing.assert_allclose(group.attrs["mean_class_accuracy_all"],
                                   100 * (truth.top[1][some] / images[some]).sum() / len(images), **TOLERANCE)


def describe(full, values):
    """Every column of a class from its full sample (with zeros) and the values of images where it is present."""
    q1, median, q3 = np.percentile(full, [25, 50, 75])
    low = full[full >= q1 - 1.5 * (q3 - q1)].min(initial=np.inf)
    high = full[full <= q3 + 1.5 * (q3 - q1)].max(initial=-np.inf)
    return {"mean": full.mean(), "mean_present": values.mean() if len(values) else np.nan, "std": full.std(),
            "min": full.min(), "q1": q1, "median": median, "q3": q3, "max": full.max(), "whisker_low": min(low, q1),
            "whisker_high": max(high, q3)}


def check_interval(full, low, high):
    """By rank among 20,000 resamples: an end is a quantile of 2,000 means, and their distribution may have steps."""
    draws = np.random.default_rng(1).integers(0, len(full), (20000, len(full)))
    means = full[draws].mean(axis=1)
    slack = 1e-9 + 1e-6 * np.abs(full).max()
    error = 5 * np.sqrt(0.025 * 0.975 / 2000)
    for end, share in ((low, 0.025), (high, 0.975)):
        expect((means < end - slack).mean() <= share + error, "interval")
        expect((means <= end + slack).mean() >= share - error, "interval")


def check_p_value(values, p_value):
    nonzero = values[values != 0]
    if len(nonzero) < 2:
        expect(p_value == 1, "p of fewer than two deviations")
    elif len(nonzero) <= 12:
        reference = stats.permutation_test((nonzero,), np.sum, permutation_type="samples", n_resamples=np.inf,
                                           vectorized=True).pvalue
        np.testing.assert_allclose(p_value, reference, rtol=1e-9)
    else:
        reference = stats.permutation_test((nonzero,), np.sum, permutation_type="samples", n_resamples=10000,
                                           vectorized=True, random_state=1, batch=1000).pvalue
        half = reference / 2  # SciPy doubles a one-sided share, and its error
        error = 5 * np.sqrt(reference * (1 - reference) / 2000) + 8 * np.sqrt(half * (1 - half) / 10000)
        expect(abs(p_value - reference) <= error + 2e-3, "p-value")


def check_q_values(p, q):
    tested = ~np.isnan(p)
    np.testing.assert_array_equal(np.isnan(q), ~tested)
    for own_p, own_q in zip(p[tested], q[tested]):
        above = [x * tested.sum() / np.count_nonzero(p[tested] <= x) for x in p[tested] if x >= own_p]
        np.testing.assert_allclose(own_q, min(1.0, min(above)), rtol=1e-9)


def check_deviation(truth, group, samples):
    """Returns the numbers of intervals and p-values that were tried."""
    tried = 0
    own = group.file[group.name.replace("/shapley/", "/deviation/")]  # where the images and offsets of both are
    columns = {name: group[name][:] for name in group if group[name].shape == (truth.scenes, truth.semantics)} | {"present": own["present"][:]}
    offset, image, value = own["sample_offset"][:], own["sample_image"][:], group["sample_value"][:]
    for c in range(truth.scenes):
        n = len(samples[c])
        expect(own["images"][c] == n, f"images of scene {c}")
        images = np.array([i for i, _ in samples[c]])
        table = np.array([d for _, d in samples[c]]).reshape(n, truth.semantics)
        for s in range(truth.semantics):
            here = ~np.isnan(table[:, s])
            values = table[here, s]
            full = np.nan_to_num(table[:, s])
            part = slice(offset[c * truth.semantics + s], offset[c * truth.semantics + s + 1])
            np.testing.assert_array_equal(value[part], values.astype(np.float32))
            np.testing.assert_array_equal(image[part], images[here] if n else [])
            expect(columns["present"][c, s] == len(values), "present")
            if n == 0:
                expect(all(np.isnan(columns[name][c, s]) for name in columns if name != "present"), "NaN is missing")
                continue
            for name, number in describe(full, values).items():
                np.testing.assert_allclose(columns[name][c, s], number, err_msg=name, **TOLERANCE)
            ci = columns["ci_low"][c, s], columns["ci_high"][c, s]
            if len(values) == 0:
                expect(ci == (0, 0) and np.isnan(columns["p_value"][c, s]), "a class never present")
            elif tried < 80:
                tried += 1
                check_interval(full, *ci)
                check_p_value(values, columns["p_value"][c, s])
        check_q_values(columns["p_value"][c], columns["q_value"][c])
    return tried


def whole_maps(truth, root):
    """Pixels of the whole label maps, by true and by predicted scene."""
    from PIL import Image
    pixels = {name: np.zeros((truth.scenes, truth.semantics)) for name in ("truth", "predicted")}
    for image in truth.images:
        if image["status"] != 1:
            continue
        stored = np.array(Image.open(os.path.join(root, image["path"].decode())))[:, :, 2]
        counts = np.bincount((stored.ravel().astype(int) + 1) % 256, minlength=truth.semantics)
        counts[0] = 0
        pixels["predicted"][image["predicted"]] += counts
        if image["scene"] >= 0:
            pixels["truth"][image["scene"]] += counts
    return pixels


def check_distributions(truth, group, labels):
    expect(group.attrs["full_area"] == bool(labels), "full_area")
    for name, pixels in (whole_maps(truth, labels[0]) if labels else truth.pixels).items():
        with np.errstate(invalid="ignore"):
            shares = pixels / pixels.sum(axis=1, keepdims=True)
        shares[:, 0] = 0
        np.testing.assert_allclose(group[name][:], shares, **TOLERANCE)


def check_relevance(truth, file, attribution="deviation", name="set"):
    mean = file[f"/{attribution}/correct/mean"][:]
    group = file["/relevance"]
    counted = (truth.strongest > 0) | (truth.flip > 0)
    with np.errstate(invalid="ignore"):
        sets = np.where(truth.pixels["truth"] > 0, 2, 0)
        sets[counted | (mean < -group.attrs["distracting"])] = 3
        sets[mean > group.attrs["relevant"]] = 1
    np.testing.assert_array_equal(group[name][:], sets)


def check_images(truth, group):
    for name in group:
        if name not in ("flip", "flip_offset"):
            np.testing.assert_array_equal(group[name][:], [image[name] for image in truth.images], err_msg=name)
    flips = np.split(group["flip"][:], group["flip_offset"][1:-1].astype(int)) if len(truth.images) else []
    expect(group["flip_offset"][0] == 0 and group["flip_offset"][-1] == len(group["flip"]), "flip_offset")
    for image, own in zip(truth.images, flips):
        np.testing.assert_array_equal(own, image["flips"])


def check_image_table(folder, truth, names, classes):
    """images.csv: a row for each image, empty where it has no number."""
    with open(os.path.join(folder, "images.csv"), encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    expect(len(rows) == len(truth.images), "rows of images.csv")
    for row, image in zip(rows, truth.images):
        expect(row["path"] == image["path"].decode(), "path")
        expect(row["status"] == ["pending", "done", "unreadable", "not finite"][image["status"]], "status")
        for column in ("scene", "predicted"):
            expect(row[column] == (names[image[column]] if image[column] >= 0 else ""), column)
        for column in ("supporting", "opposing", "distractor"):
            expect(row[column] == (classes[image[column]] if image[column] else ""), column)
        expect(row["flips"] == "; ".join(classes[s] for s in image["flips"]), "flips")
        known = image["rank"] > 0
        expect((row["rank"], row["correct"]) == ((str(image["rank"]), str(image["correct"])) if known else ("", "")), "rank")
        for column, name in (("p_scene", "scene_probability"), ("p_predicted", "predicted_probability"), ("loss", "loss"),
                             ("supporting_deviation", "supporting_deviation"), ("opposing_deviation", "opposing_deviation")):
            expect(np.isnan(image[name]) if row[column] == "" else np.float32(row[column]) == np.float32(image[name]), column)


def check_schema(file):
    def visit(name, item):
        if not isinstance(item, h5py.Dataset):
            return
        expect("long_name" in item.attrs, f"{name} has no long_name")
        if name.startswith("dim_"):
            expect(h5py.h5ds.is_scale(item.id), f"{name} is no scale")
            return
        expect("units" in item.attrs or item.dtype.kind == "S", f"{name} has no units")
        for dimension in item.dims:
            expect(len(dimension) == 1, f"{name} lacks a dimension scale")

    file.visititems(visit)


def check_exports(statistics, file, truth):
    """The texts beside the file say what the file says."""
    folder = os.path.dirname(os.path.abspath(statistics))
    with open(os.path.join(folder, "evaluation.json"), encoding="utf-8") as text:
        for name, value in json.load(text).items():
            stored = file["/evaluation"].attrs[name]
            expect(value == stored or (value is None and np.isnan(stored)), name)
    names = [name.decode() for name in file["/scene/name"][:]]
    classes = [name.decode() for name in file["/semantic/name"][:]]
    by_shapley = bool(file["/relevance"].attrs.get("shapley", 0))
    sets = file["/relevance/shapley_set" if by_shapley else "/relevance/set"][:]
    check_image_table(folder, truth, names, classes)
    with open(os.path.join(folder, "scenes.csv"), encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    with open(os.path.join(folder, "scenes.json"), encoding="utf-8") as text:
        objects = json.load(text)
    expect([row["scene"] for row in rows] == names == [each["scene"] for each in objects], "scene names")
    for c, (row, each) in enumerate(zip(rows, objects)):
        for code, name in ((1, "relevant"), (2, "irrelevant")):
            listed = [one["class"] for one in each[name]]
            expect(sorted(listed) == sorted(classes[s] for s in np.flatnonzero(sets[c] == code)), f"{name} of {c}")
            expect(row[name] == "; ".join(listed), "scenes.csv")
        listed = [one["class"] for one in each["distracting"]]
        expect(set(listed) >= {classes[s] for s in np.flatnonzero(sets[c] == 3)}, f"distracting of {c}")
    for table, group, own in (("deviations.csv", "deviation", "set"), ("shapley.csv", "shapley", "shapley_set")):
        if group not in file:
            expect(not os.path.exists(os.path.join(folder, table)), f"{table} without {group}")
            continue
        with open(os.path.join(folder, table), encoding="utf-8", newline="") as text:
            rows = list(csv.DictReader(text))
        expect(len(rows) > 0 or not np.nan_to_num(file[f"/{group}/correct/mean"][:]).any(), f"{table} is empty")
        for row in rows:
            place = names.index(row["scene"]), classes.index(row["class"])
            for column, name in (("mean", "mean"), ("ci_low", "ci_low"), ("ci_high", "ci_high"), ("q", "q_value")):
                stored = file[f"/{group}/correct/{name}"][place]
                expect(np.isnan(stored) if row[column] == "" else float(row[column]) == stored, table)
            expect(row["set"] == ["absent", "relevant", "irrelevant", "distracting"][file[f"/relevance/{own}"][place]], table)


def main():
    with h5py.File(sys.argv[1]) as occlusion, h5py.File(sys.argv[2]) as file:
        truth = Truth(occlusion)
        check_schema(file)
        check_evaluation(truth, file["/evaluation"])
        tried = [check_deviation(truth, file[f"/deviation/{name}"], truth.samples[name]) for name in truth.samples]
        np.testing.assert_array_equal(file["/distractor/images"][:], truth.missed)
        np.testing.assert_array_equal(file["/distractor/strongest"][:], truth.strongest)
        np.testing.assert_array_equal(file["/distractor/flip"][:], truth.flip)
        check_distributions(truth, file["/distribution"], sys.argv[3:])
        check_relevance(truth, file)
        if "shapley" in file:
            tried += [check_deviation(truth, file[f"/shapley/{name}"], truth.shapley[name]) for name in truth.shapley]
            check_relevance(truth, file, "shapley", "shapley_set")
        check_images(truth, file["/image"])
        check_exports(sys.argv[2], file, truth)
        print(f"{truth.confusion.sum()} images, {truth.scenes} scenes, {truth.semantics - 1} classes agree; {tried} "
              f"intervals and p-values tried, {truth.strongest.sum()} strongest, {truth.flip.sum()} flip distractors")


if __name__ == "__main__":
    main()
