"""What the pages of a report must show: expectations of check_report.py, computed from the result files."""

import h5py
import numpy as np

from check_figures import LEVELS, Occlusion

MINUS = "\u2212"
checks = 0


def expect(condition, message):
    global checks
    checks += 1
    if not condition:
        raise AssertionError(message)


def number_of_checks():
    return checks


def equal(seen, wanted, what):
    expect(seen == wanted, f"{what}: seen {seen!r}, expected {wanted!r}")


def near(seen, value, digits, what, error=0.0):
    """The number in a text is the value, rounded to as many digits (either way in the middle), `error` aside."""
    if not np.isfinite(value):
        return equal(seen, "\u2013", what)
    number = float(seen.replace(MINUS, "-").replace("%", "").replace("*", "").strip())
    expect(abs(number - value) <= 0.5000001 * 10.0 ** -digits + error, f"{what}: seen {seen!r}, expected {value!r}")


class Truth:
    """What the files hold, and what follows from it."""

    def __init__(self, folder, run):
        self.first, self.second = Occlusion(folder / "first.h5"), Occlusion(folder / "second.h5")
        self.labels, self.side = run.labels, run.side
        self.file = h5py.File(folder / "first.h5")
        self.statistics = h5py.File(folder / "statistics.h5")
        self.scenes, self.semantics = run.scenes, run.semantics

    def deviations(self, occlusion, image, scene):
        values = np.zeros(len(self.semantics), np.float32)
        rows = slice(occlusion.offset[image], occlusion.offset[image + 1])
        values[occlusion.semantic[rows]] = occlusion.p[image, scene] - occlusion.p_s[rows, scene]
        return values

    def shapley(self, image, scene):
        values = np.zeros(len(self.semantics), np.float32)
        rows = slice(self.first.offset[image], self.first.offset[image + 1])
        values[self.first.semantic[rows]] = self.file["/variant/shapley"][rows, scene]
        return values

    def levels(self, image, deviations, ranges=None):
        values = deviations[self.labels[image]].astype(np.float64)
        low, high = ranges or (values.min(), values.max())
        return np.minimum(LEVELS - 1, np.floor((values - low) / (high - low) * LEVELS)).astype(int)

    def exact(self, image, scene):
        """Whether a report keeps the numbers of this scene as stored."""
        rows = slice(self.first.offset[image], self.first.offset[image + 1])
        moved = np.abs(self.first.p[image] - self.first.p_s[rows]).max(axis=0)
        top = np.argsort(-self.first.p[image], kind="stable")[:10]
        return moved[scene] >= np.float32(5e-3) or scene in top or scene == self.first.truth[image]
