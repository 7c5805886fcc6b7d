"""Checks the statistics of semscope against NumPy and SciPy, and against Matplotlib's box plots if that is installed.

Usage: check_statistics.py PROBE, where PROBE prints inputs and results as JSON. Ends with 77 without NumPy or SciPy.
"""

import json
import subprocess
import sys

try:
    import numpy as np
    from scipy import stats
except ImportError as error:
    print("skipped:", error)
    sys.exit(77)
try:
    from matplotlib.cbook import boxplot_stats
except ImportError:
    boxplot_stats = None


def whiskers(full):
    """Matplotlib's rule: the last data within 1.5 IQR of the box, never inside the box."""
    q1, q3 = np.percentile(full, [25, 75])
    low = full[full >= q1 - 1.5 * (q3 - q1)].min(initial=np.inf)
    high = full[full <= q3 + 1.5 * (q3 - q1)].max(initial=-np.inf)
    low, high = min(low, q1), max(high, q3)
    if boxplot_stats:
        box = boxplot_stats(full)[0]
        assert (low, high) == (box["whislo"], box["whishi"])
        assert sorted(box["fliers"]) == sorted(full[(full < low) | (full > high)])
    return low, high


def check_summary(sample):
    """Quartiles, extremes and whiskers to the last bit; sums to rounding."""
    values = np.array(sample["values"], np.float32).astype(np.float64)
    absent = sample["images"] - len(values)
    full = np.concatenate([values, np.zeros(absent)])
    for name, percentile in (("min", 0), ("q1", 25), ("median", 50), ("q3", 75), ("max", 100)):
        assert sample[name] == np.percentile(full, percentile), (name, sample)
    low, high = whiskers(full)
    assert (sample["whisker_low"], sample["whisker_high"]) == (low, high), sample
    np.testing.assert_allclose(sample["mean"], full.mean(), rtol=1e-12, atol=1e-18)
    np.testing.assert_allclose(sample["std"], full.std(), rtol=1e-12, atol=1e-18)
    np.testing.assert_allclose(sample["mean_present"], values.mean() if len(values) else np.nan, rtol=1e-12, atol=1e-18)


def check_bootstrap(sample):
    """The interval's ends, against those of 20,000 resamples of the full sample, within Monte Carlo error.

    An end is the 2.5 % quantile of 2,000 means: off by about 0.06 standard errors for a normal distribution, and by a
    step of the distribution where that has few steps; so its rank is compared, not its place.
    """
    values = np.array(sample["values"], np.float64)
    n = sample["images"]
    full = np.concatenate([values, np.zeros(n - len(values))])
    means = np.random.default_rng(1).choice(full, (20000, n)).mean(axis=1)
    slack = 1e-9 + 1e-6 * np.abs(full).max()
    error = 5 * np.sqrt(0.025 * 0.975 / 2000)
    for end, share in ((sample["ci_low"], 0.025), (sample["ci_high"], 0.975)):
        assert (means < end - slack).mean() <= share + error, sample
        assert (means <= end + slack).mean() >= share - error, sample


def check_permutation(sample):
    """Exact p-values for few values, Monte Carlo ones within their error."""
    values = np.array(sample["values"], np.float64)
    if len(values) == 0:
        assert np.isnan(sample["p_value"])
        return
    nonzero = values[values != 0]
    if len(nonzero) < 2:
        assert sample["p_value"] == 1
        return
    if len(nonzero) <= 12:
        reference = stats.permutation_test((nonzero,), np.sum, permutation_type="samples", n_resamples=np.inf,
                                           vectorized=True)
        np.testing.assert_allclose(sample["p_value"], reference.pvalue, rtol=1e-12)
        return
    reference = stats.permutation_test((nonzero,), np.sum, permutation_type="samples", n_resamples=20000,
                                       vectorized=True, random_state=1, batch=2000).pvalue
    assert abs(sample["p_value"] - reference) <= 5 * np.sqrt(reference * (1 - reference) / 2000) + 2e-3, sample


def check_image(image):
    """Prediction, place of the true scene and distractors, from the full occlusion matrix."""
    p = np.array(image["probability"], np.float32)
    matrix = np.tile(p, (image["semantics"], 1))
    variants = np.array(image["variants"], np.float32).reshape(-1, len(p))
    matrix[image["semantic"]] = variants
    truth = image["truth"]
    assert image["predicted"] == np.argmax(p)
    assert image["position"] == list(np.argsort(-p, kind="stable")).index(truth)
    if image["predicted"] == truth:
        return False
    row, column = np.unravel_index(np.argmax(matrix[1:]), matrix[1:].shape)
    assert image["strongest"] == (row + 1 if column == truth else 0), image
    assert image["flip"] == [s for s in image["semantic"] if np.argmax(matrix[s]) == truth], image
    return image["strongest"] > 0


def check_family(family):
    """Benjamini-Hochberg q-values straight from the definition."""
    p = np.array(family["p_values"])
    for i, q in enumerate(family["q_values"]):
        candidates = [x * len(p) / np.count_nonzero(p <= x) for x in p if x >= p[i]]
        np.testing.assert_allclose(q, min(1.0, min(candidates)), rtol=1e-12)


def main():
    found = json.loads(subprocess.run([sys.argv[1]], check=True, capture_output=True, text=True).stdout)
    for sample in found["samples"]:
        check_summary(sample)
        check_bootstrap(sample)
        check_permutation(sample)
    distractors = sum([check_image(image) for image in found["images"]])
    assert distractors > 10, "the images try too little"
    for family in found["families"]:
        check_family(family)
    print(f"{len(found['samples'])} samples, {len(found['images'])} images ({distractors} with a strongest distractor), "
          f"{len(found['families'])} families of tests agree")


main()
