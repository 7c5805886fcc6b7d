#!/usr/bin/python3
"""Kills semscope-occlude at random moments and resumes it, again and again: nothing that was done may be lost.

Usage: kill.py --bin BUILD/bin [--kills N] [--seed S] [--folder F] [--attributions] [--archives]

A small data set is drawn and done once in quiet. Then jobs on 1 to 4 ranks, each with run.resume, are killed (SIGKILL): one
rank, all ranks, or all ranks and the launcher; at any moment of their life or right after the output began to be created.
After every kill the file, if there is one, opens (h5dump -H), all images that were done before are done, and every done image
equals the quiet run bit for bit. Files that get complete have to pass semscope-inspect --check and have the quiet digest;
then a new file is begun, until N kills hit a running job. Prints the seed, a histogram of the moments, and the losses.
With --attributions the jobs compute Shapley values, curves and interactions, too, for fewer images.
With --archives the killed jobs, but not the quiet one, read photos from tar shards and label maps from a zip. Their indices are
removed or cut short before some starts, so that kills hit jobs that make them.
"""
import argparse
import collections
import os
import random
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

import h5py
import numpy as np
from PIL import Image

SIDE, CLASSES = 48, 6
SURVEY = ("/image/path", "/image/scene", "/image/label_digest", "/image/variant_offset", "/image/pair_offset", "/variant/image",
          "/variant/semantic", "/variant/pixels", "/pair/image", "/pair/first", "/pair/second")
# Images of 5 classes are sampled, the others exact.
ATTRIBUTIONS = ["--attribution.shapley", "auto", "--attribution.budget", "26", "--attribution.curves", "true",
                "--attribution.random-orders", "2", "--attribution.interactions", "true"]


def draw_data(root, images):
    """Photos of noise with striped label maps, and a network that takes some time."""
    import torch

    random_numbers = np.random.default_rng(7)
    (root / "categories_places365.txt").write_text("/k/kitchen 0\n/b/bedroom 1\n/s/street 2\n")
    (root / "objectInfo150.txt").write_text("Idx\tName\n" + "".join(f"{i}\tthing {i}\n" for i in range(1, CLASSES + 1)))
    lines = []
    for i in range(images):
        path = Path("val") / ("kitchen", "bedroom", "street")[i % 3] / f"{i:04}.png"
        for top in (root, root / "noisy_annotations_RGB"):
            (top / path).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(random_numbers.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)).save(root / path)
        stripes = random_numbers.integers(0, CLASSES, 1 + i % 7, dtype=np.uint8)
        labels = np.zeros((SIDE, SIDE, 3), np.uint8)
        labels[:, :, 2] = np.repeat(stripes, -(-SIDE // len(stripes)))[:SIDE]
        Image.fromarray(labels).save(root / "noisy_annotations_RGB" / path)
        lines.append(f"{path}\n")
    (root / "val.txt").write_text("".join(lines))

    class Slow(torch.nn.Module):
        def __init__(self):
            super().__init__()
            torch.manual_seed(3)
            self.first = torch.nn.Conv2d(3, 64, 3)
            self.second = torch.nn.Conv2d(64, 64, 3)
            self.last = torch.nn.Linear(64, 3)

        def forward(self, x):
            x = torch.relu(self.first(x))
            for _ in range(8):
                x = torch.relu(self.second(x))
            return self.last(x.mean([2, 3]))

    torch.jit.trace(Slow().eval(), torch.zeros(1, 3, SIDE, SIDE)).save(str(root / "model.ts"))


def pack_data(root):
    """Moves the photos into three tar shards and the label maps into a zip; returns the options that say so."""
    (root / "shards").mkdir()
    for i, line in enumerate((root / "val.txt").read_text().split()):
        with tarfile.open(root / "shards" / f"{i % 3}.tar", "a") as shard:
            shard.add(root / line, line)
    with zipfile.ZipFile(root / "labels.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted((root / "noisy_annotations_RGB").rglob("*.png")):
            packed.write(path, path.relative_to(root))
    for name in "val", "noisy_annotations_RGB":
        shutil.rmtree(root / name)
    return ["--data.archive", "shards", "--labels.archive", "labels.zip"]


def spoil_indices(folder, chance):
    """Some indices of archives are not there, or not whole, when the next job starts."""
    for index in folder.glob("*.index"):
        if (fate := chance.random()) < 0.4:
            index.unlink()
        elif fate < 0.6:
            os.truncate(index, chance.randrange(index.stat().st_size))


class Job:
    """One start of semscope-occlude under mpirun."""

    def __init__(self, setup, output, ranks):
        command = [
            "mpirun", "-n", str(ranks), str(setup.bin / "semscope-occlude"), "--data.root", str(setup.root), "--model.path",
            str(setup.root / "model.ts"), "--output.occlusion", str(output), "--preprocess.resize", "0", "--preprocess.crop",
            str(SIDE), "--run.batch", "4", "--run.checkpoint", "0", "--run.threads", "1", "--run.resume", "true",
            *(ATTRIBUTIONS if setup.attributions else []), *setup.archives,
        ]
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def ranks(self):
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                text = stat.read_text()
            except OSError:
                continue
            name, rest = text[text.index("(") + 1 : text.rindex(")")], text[text.rindex(")") + 2 :].split()
            if int(rest[1]) == self.process.pid and name.startswith("semscope-occlud"):
                found.append(int(stat.parent.name))
        return found

    def running(self):
        return self.process.poll() is None

    def wait(self, seconds=600):
        """The exit code. A run takes seconds on an idle machine; on a busy one slowness must not pass for a hang."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            for pid in self.ranks():
                os.kill(pid, signal.SIGKILL)
            self.process.kill()
            sys.exit(f"the job hangs:\n{self.output()}")
        return code

    def output(self):
        self.log.seek(0)
        return self.log.read()

    def kill(self, whom, chance):
        """Kills; returns False when the job had ended by itself."""
        pids = self.ranks()
        if not pids or not self.running():
            return False
        targets = [chance.choice(pids)] if whom == "one rank" else pids
        if whom == "ranks and mpirun":
            targets = [self.process.pid, *pids]
        for pid in targets:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        deadline = time.monotonic() + 30
        while any(Path(f"/proc/{pid}").exists() for pid in pids):
            if self.process.poll() is not None and time.monotonic() > deadline:
                sys.exit("ranks live on after the launcher")
            self.process.poll()
            time.sleep(0.01)
        return True


class Quiet:
    """The undisturbed run."""

    def __init__(self, file, digest):
        self.digest = digest
        with h5py.File(file) as f:
            self.survey = {name: f[name][...] for name in SURVEY if name in f}
            self.data = {f"/{group}/{name}": f[group][name][...] for group in ("image", "variant", "pair") if group in f
                         for name in f[group] if f"/{group}/{name}" not in (*SURVEY, "/image/status")}

    def rows(self, name, image):
        """The rows of a dataset that are an image's own."""
        group = name.split("/")[1]
        if group == "image":
            return slice(image, image + 1)
        offset = self.survey[f"/image/{group}_offset"]
        return slice(int(offset[image]), int(offset[image + 1]))

    def losses(self, file, done_before):
        """Compares what is done in `file`; returns its done images and what is wrong."""
        wrong = []
        with h5py.File(file) as f:
            status = f["/image/status"][...]
            wrong += [f"{name} differs" for name, value in self.survey.items() if not np.array_equal(f[name][...], value)]
            done = set(np.flatnonzero(status == 1).tolist())
            wrong += [f"image {i} was done and is not" for i in sorted(done_before - done)]
            now = {name: f[name][...] for name in self.data}
            for i in sorted(done):
                wrong += [f"{name} of image {i} differs" for name, value in self.data.items()
                          if now[name][self.rows(name, i)].tobytes() != value[self.rows(name, i)].tobytes()]
        return done, wrong


def inspect(setup, *arguments):
    return subprocess.run([str(setup.bin / "semscope-inspect"), *map(str, arguments)], capture_output=True, text=True)


def finish_file(setup, quiet, output):
    """What is wrong with a file that should be complete; removes it."""
    check, digest = inspect(setup, "--check", output), inspect(setup, "--digest", output)
    wrong = []
    if check.returncode != 0:
        wrong.append(f"--check fails: {check.stdout}{check.stderr}")
    if digest.stdout != quiet.digest:
        wrong.append("the digest is not the quiet run's")
    left = [p.name for p in output.parent.iterdir() if p.name.startswith(output.name) and p != output]
    if left:
        wrong.append(f"left behind: {left}")
    output.unlink()
    return wrong


def moment(chance, output, job, duration):
    """Waits until it is time to kill."""
    if chance.random() < 0.25 and not output.exists():
        while job.running() and not output.exists() and not list(output.parent.glob(output.name + ".creating.*")):
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.3))
        return
    end = time.monotonic() + chance.uniform(0.05, duration)
    while job.running() and time.monotonic() < end:
        time.sleep(0.005)


def phase(output, done, images):
    if not output.exists():
        return "creation" if list(output.parent.glob(output.name + ".creating.*")) else "before creation"
    return f"{10 * (10 * done // images):3} % done" if done < images else "all done"


def run_kills(setup, quiet, kills, chance, duration):
    output = setup.folder / "killed.h5"
    moments, whom_counts, losses = collections.Counter(), collections.Counter(), []
    done, hits, starts, files, reached_by = set(), 0, 0, 0, collections.Counter()
    while hits < kills:
        starts += 1
        spoil_indices(setup.folder, chance)
        ranks = chance.randint(1, 4)
        whom = chance.choice(["one rank", "all ranks", "ranks and mpirun"])
        job = Job(setup, output, ranks)
        moment(chance, output, job, duration)
        hit = job.kill(whom, chance)
        code = job.wait()
        if hit and code != 0:
            hits += 1
            whom_counts[whom] += 1
            reached_by[ranks] += 1
        elif code != 0:
            losses.append(f"start {starts}: exit code {code} without a kill\n{job.output()}")
        if output.exists():
            header = subprocess.run(["h5dump", "-H", str(output)], capture_output=True, text=True)
            if header.returncode != 0:
                losses.append(f"start {starts}: the file does not open: {header.stderr}")
                output.unlink()
                done = set()
                continue
            done, wrong = quiet.losses(output, done)
            losses += [f"start {starts}: {each}" for each in wrong]
        elif done:
            losses.append(f"start {starts}: the file is gone")
            done = set()
        if hit and code != 0:
            moments[phase(output, len(done), setup.images)] += 1
            if hits % 20 == 0:
                print(f"{hits} kills in {starts} starts, losses so far: {len(losses)}", flush=True)
        if code == 0:
            files += 1
            losses += [f"file {files}: {each}" for each in finish_file(setup, quiet, output)]
            done = set()
    job = Job(setup, output, chance.randint(1, 4))  # the last file is brought to its end in quiet
    if job.wait() != 0:
        losses.append(f"the last start fails:\n{job.output()}")
    else:
        files += 1
        losses += [f"last file: {each}" for each in finish_file(setup, quiet, output)]
    print(f"{hits} kills in {starts} starts ({dict(whom_counts)}; by ranks {dict(sorted(reached_by.items()))}), "
          f"{files} files brought to their end")
    for name, count in sorted(moments.items()):
        print(f"  {name:16} {count:4} {'#' * count}")
    return losses


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--folder", type=Path, default=None, help="for the files; a temporary one if not given")
    parser.add_argument("--archives", action="store_true", help="photos in tar shards, label maps in a zip")
    parser.add_argument("--attributions", action="store_true", help="Shapley values, curves and interactions, too")
    setup = parser.parse_args()
    packed, setup.archives = setup.archives, []
    setup.images = 24 if setup.attributions else 80
    setup.seed = setup.seed if setup.seed is not None else int(time.time())
    print(f"seed {setup.seed}", flush=True)
    given = setup.folder
    setup.folder = Path(tempfile.mkdtemp(prefix="semscope-kill-", dir=given))
    setup.root = setup.folder / "data"
    setup.root.mkdir()
    try:
        draw_data(setup.root, setup.images)
        quiet_file = setup.folder / "quiet.h5"
        start = time.monotonic()
        job = Job(setup, quiet_file, 2)
        if job.wait() != 0:
            sys.exit(f"the quiet run fails:\n{job.output()}")
        duration = time.monotonic() - start
        print(job.output()[-1400:])
        quiet = Quiet(quiet_file, inspect(setup, "--digest", quiet_file).stdout)
        if packed:
            setup.archives = pack_data(setup.root)
        losses = run_kills(setup, quiet, setup.kills, random.Random(setup.seed), duration)
    finally:
        shutil.rmtree(setup.folder, ignore_errors=True)
    print(f"losses: {len(losses)}")
    sys.exit("\n".join(losses) if losses else 0)


if __name__ == "__main__":
    main()
