#!/usr/bin/env python3
"""CPU time of score deviations by semscope-occlude, by Captum's FeatureAblation and by the published loop, on the same photos.

  peers.py --bin build/release/bin --config demo/demo.cfg --network resnet18.ts --photos 8 [--rounds 3]

All on one thread, in turns, with the same TorchScript network:
- the published loop: a batch of photos is forwarded once as it is and once for each listed class, present or not;
- the same loop for the classes that are present alone: the least that one forward for each of them can cost;
- FeatureAblation with the label map as feature mask, at the fastest of several perturbations_per_eval; it ablates unlabelled pixels, too;
- semscope-occlude with run.incremental off and on, all of it: survey, decoding, output. Its time is the difference of a run of all
  photos and of one photo, so that the start of the program and the trial of the network do not count.
Prints a row of a Markdown table for each, of the medians of the rounds, and ends with 1 where the deviations of Captum or of the
loop differ from semscope's by more than 1e-5. Needs captum, h5py and Pillow.
"""
import argparse
import configparser
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import captum.attr
import h5py
import numpy as np
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "system" / "python"))
from check_occlusion import read_labels, read_photo  # noqa: E402

RESIZE, CROP, BATCH = 256, 224, 32
MEAN, STD = torch.tensor([.485, .456, .406]).view(3, 1, 1), torch.tensor([.229, .224, .225]).view(3, 1, 1)


class Data:
    def __init__(self, path, count):
        config = configparser.ConfigParser()
        config.read(path)
        root = (pathlib.Path(path).parent / config["data"]["root"]).resolve()
        labels = config["labels"]
        lines = (root / config["data"]["images"]).read_text().split("\n")[:count]
        names = [pathlib.Path(line.split()[0]) for line in lines]
        photos = [read_photo(root / name, RESIZE, CROP).copy() for name in names]
        self.photos = torch.stack([(torch.from_numpy(photo).permute(2, 0, 1) / 255 - MEAN) / STD for photo in photos])
        self.labels = torch.from_numpy(np.stack([
            read_labels(root / labels["root"] / name.with_suffix(".png"), RESIZE, CROP, labels["channel"], int(labels["offset"]),
                        int(labels["unlabelled"])) for name in names]))
        self.classes = len((root / config["data"]["semantics"]).read_text().strip().split("\n")) - 1  # without the head

    def present(self, photo):
        return [int(s) for s in self.labels[photo].unique() if s != 0]


class Peers:
    def __init__(self, data, network):
        self.data, self.network = data, torch.jit.freeze(torch.jit.load(network).eval())
        self.scenes = self.probabilities(data.photos[:1]).shape[1]

    def probabilities(self, images):
        return self.network(images.contiguous(memory_format=torch.channels_last)).softmax(1)

    def without(self, photos, labels, semantic):
        return photos.masked_fill((labels == semantic).unsqueeze(1), 0)  # the mean, normalised

    def published(self):
        """Every class of the list, in batches of photos."""
        deviations = {}
        for begin in range(0, len(self.data.photos), BATCH):
            photos, labels = (each[begin:begin + BATCH] for each in (self.data.photos, self.data.labels))
            first = self.probabilities(photos)
            for semantic in range(1, self.data.classes + 1):
                scores = first - self.probabilities(self.without(photos, labels, semantic))
                for i in range(len(photos)):
                    if semantic in self.data.present(begin + i):
                        deviations[begin + i, semantic] = scores[i]
        return deviations

    def present_alone(self):
        """Only what is there, in full batches over the photos."""
        jobs = [(i, s) for i in range(len(self.data.photos)) for s in [0, *self.data.present(i)]]
        rows = []
        for begin in range(0, len(jobs), BATCH):
            images = torch.stack([self.data.photos[i] if s == 0 else
                                  self.without(self.data.photos[i:i + 1], self.data.labels[i:i + 1], s)[0]
                                  for i, s in jobs[begin:begin + BATCH]])
            rows += list(self.probabilities(images))
        whole = {i: row for (i, s), row in zip(jobs, rows) if s == 0}
        return {(i, s): whole[i] - row for (i, s), row in zip(jobs, rows) if s != 0}

    def captum(self, perturbations):
        """Of the scene that the network finds."""
        ablation = captum.attr.FeatureAblation(self.probabilities)
        deviations = {}
        for i, photo in enumerate(self.data.photos):
            values, mask = self.data.labels[i].unique(return_inverse=True)
            scene = int(self.probabilities(photo.unsqueeze(0)).argmax())
            found = ablation.attribute(photo.unsqueeze(0), baselines=0, target=scene, feature_mask=mask.view(1, 1, CROP, CROP),
                                       perturbations_per_eval=perturbations)[0, 0]
            for feature, semantic in enumerate(values.tolist()):
                if semantic != 0:
                    deviations[i, semantic] = (scene, float(found[mask == feature][0]))
        return deviations


def timed(function, *arguments):
    with torch.inference_mode():
        start = time.process_time()
        result = function(*arguments)
        return result, time.process_time() - start


def occlude(arguments, photos, incremental, output):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([f"{arguments.bin}/semscope-occlude", "--config", arguments.config, "--data.limit", str(photos), "--model.path",
                    arguments.network, "--run.incremental", incremental, "--run.threads", "1", "--run.batch", str(BATCH),
                    "--output.occlusion", output, "--output.overwrite", "true"], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def semscope(arguments, incremental, output):
    short = occlude(arguments, 1, incremental, output)
    seconds = occlude(arguments, arguments.photos, incremental, output) - short
    with h5py.File(output) as file:
        first, variants = file["image/probability"][:], file["variant/probability"][:]
        images, semantics = file["variant/image"][:], file["variant/semantic"][:]
    deviations = {(int(i), int(s)): torch.from_numpy(first[i] - row) for i, s, row in zip(images, semantics, variants)}
    return deviations, seconds * arguments.photos / (arguments.photos - 1)


def difference(ours, theirs):
    def of(key):
        if isinstance(theirs[key], tuple):
            scene, value = theirs[key]
            return abs(float(ours[key][scene]) - value)
        return float((ours[key] - theirs[key]).abs().max())
    if ours.keys() != theirs.keys():
        raise SystemExit("other classes than semscope's")
    return max(of(key) for key in ours)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--bin", "--config", "--network"):
        parser.add_argument(name, required=True)
    parser.add_argument("--photos", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--perturbations", type=int, nargs="+", default=[1, 4, 8, 16])
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    peers = Peers(Data(arguments.config, arguments.photos), arguments.network)
    timed(peers.present_alone)  # the first calls of TorchScript profile
    fastest = min(arguments.perturbations, key=lambda n: timed(peers.captum, n)[1])
    seconds, differences = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(arguments.rounds):
            ours, off = semscope(arguments, "off", f"{folder}/off.h5")
            incremental, on = semscope(arguments, "on", f"{folder}/on.h5")
            runs = {"published loop, all listed classes": timed(peers.published),
                    "loop over present classes, full batches": timed(peers.present_alone),
                    f"Captum FeatureAblation, {fastest} at a time": timed(peers.captum, fastest),
                    "semscope-occlude": (ours, off), "semscope-occlude, incremental": (incremental, on)}
            for name, (deviations, used) in runs.items():
                seconds.setdefault(name, []).append(used)
                differences[name] = difference(ours, deviations)
    base = statistics.median(seconds["semscope-occlude, incremental"])
    print(f"{arguments.photos} photos, {len(ours)} classes in them, {peers.data.classes} listed")
    print("| | CPU ms a photo | times semscope, incremental | largest difference in a deviation |\n|---|---|---|---|")
    for name, used in seconds.items():
        middle = statistics.median(used)
        print(f"| {name} | {1e3 * middle / arguments.photos:.0f} | {middle / base:.2f} | {differences[name]:.0e} |")
    return 0 if max(differences.values()) <= 1e-5 else 1


if __name__ == "__main__":
    sys.exit(main())
