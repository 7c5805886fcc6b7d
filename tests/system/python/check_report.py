#!/usr/bin/env python3
"""semscope-report in a real Chromium: what the pages show is what the files hold.

Usage: check_report.py BIN_FOLDER MPIEXEC
Makes a data set and two occlusion files of made-up numbers with hostile names, reduces them, makes reports with one to
three ranks, and drives the browser. Expectations are computed here, from the files. Exit code 77 and a reason in the last
line where there is no Chromium.
"""
import filecmp
import pathlib
import shutil
import subprocess
import sys
import tempfile

import report_pages as pages
from made_up_run import MadeUpRun
from report_browser import Browser, missing_parts
from report_truth import Truth, equal, expect, number_of_checks


class Programs:
    def __init__(self, folder, bin_folder, mpiexec):
        self.folder, self.bin, self.mpiexec = folder, pathlib.Path(bin_folder).resolve(), mpiexec

    def run(self, program, *options, ranks=1):
        command = [self.mpiexec, "-n", str(ranks), self.bin / program, "--output.occlusion", self.folder / "first.h5",
                   "--output.statistics", self.folder / "statistics.h5", *options]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=200, check=False)

    def report(self, name, *options, ranks=1, code=0):
        done = self.run("semscope-report", "--output.report", self.folder / name, *options, ranks=ranks)
        equal(done.returncode, code, f"exit code of semscope-report {options} with {ranks} ranks\n{done.stderr}")
        return done.stderr


def check_folder(programs):
    """Ranks, overwriting and refusals."""
    options = ["--report.images", "6", "--report.against", programs.folder / "second.h5"]
    for ranks in (1, 2, 3):
        programs.report(f"ranks{ranks}", *options, ranks=ranks, code=2)  # two label maps are not as they were
    trees = [sorted(p.relative_to(programs.folder / f"ranks{r}") for p in (programs.folder / f"ranks{r}").rglob("*"))
             for r in (1, 2, 3)]
    equal(trees[1], trees[0], "files of the report with 2 ranks")
    equal(trees[2], trees[0], "files of the report with 3 ranks")
    names = [str(name) for name in trees[0] if (programs.folder / "ranks1" / name).is_file()]
    expect(len(names) > 40, "the report has its files")
    for ranks in (2, 3):
        _, other, errors = filecmp.cmpfiles(programs.folder / "ranks1", programs.folder / f"ranks{ranks}", names, False)
        equal((other, errors), ([], []), f"files with other bytes with {ranks} ranks")

    told = programs.report("ranks1", code=2)
    expect("set output.overwrite" in told, f"an existing report is kept: {told}")
    other = programs.folder / "something"
    other.mkdir()
    (other / "precious.txt").write_text("kept")
    told = programs.report("something", "--output.overwrite", "true", code=2)
    expect("is not a report" in told, f"a folder that is no report is kept: {told}")
    equal((other / "precious.txt").read_text(), "kept", "what a folder holds that is no report")
    before = (programs.folder / "ranks1/data/overview.js").read_bytes()
    programs.report("ranks1", *options, "--output.overwrite", "true", ranks=2, code=2)
    equal((programs.folder / "ranks1/data/overview.js").read_bytes(), before, "the overview of the same report")
    left = [p.name for p in programs.folder.iterdir() if ".creating" in p.name]
    equal(left, [], "what is left beside the reports")
    told = programs.report("third", "--report.against", programs.folder / "statistics.h5", code=2)
    expect("statistics.h5" in told and not (programs.folder / "third").exists(), f"a bad second file is told: {told}")
    programs.report("all", "--report.images", "0", "--report.against", programs.folder / "second.h5", ranks=2, code=2)


def main():
    problem = missing_parts()
    if problem:
        print(f"check_report: skipped: {problem}")
        return 77
    folder = pathlib.Path(tempfile.mkdtemp(prefix="semscope-report-"))
    browser = None
    try:
        run = MadeUpRun(folder)
        programs = Programs(folder, sys.argv[1], sys.argv[2])
        done = programs.run("semscope-reduce")
        equal(done.returncode, 0, f"semscope-reduce\n{done.stderr}")
        gone, lost, changed = 7, 10, 13
        (run.data / run.paths[gone]).unlink()
        (run.data / "labels" / run.paths[lost]).unlink()
        shutil.copy(run.data / "labels" / run.paths[changed + 1], run.data / "labels" / run.paths[changed])
        truth = Truth(folder, run)
        check_folder(programs)
        browser = Browser()
        page = browser.page(folder / "all/index.html")
        pages.check_overview(page, truth)
        pages.check_scenes(page, truth)
        pages.check_figures(page, truth)
        pages.check_table(page, truth)
        pages.check_viewer(page, truth)
        pages.check_save(page, truth)
        pages.check_shapley(page, truth)
        pages.check_navigation(page, truth)
        pages.check_compare(page, truth)
        pages.check_gone(page, truth, gone, changed)
        pages.check_looks(browser, page, (0, 1))
        expect(page.script("return window.hacked") is None, "a name became script")
        equal(page.script("return document.querySelectorAll('main script, main iframe, main b x').length"), 0, "elements out of names")
        asked = browser.requests()
        expect(len(asked) > 100, "the browser tells what it asks for")
        equal([a for a in asked if not a.startswith(("file://", "data:", "blob:"))], [], "requests that leave the folder")
        equal(browser.complaints(), [], "errors on the console")
    finally:
        if browser:
            browser.close()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"check_report: {number_of_checks()} checks passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
