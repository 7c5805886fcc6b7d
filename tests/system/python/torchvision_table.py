#!/usr/bin/env python3
"""Makes the table of docs/networks.md: classifiers of the installed torchvision with random weights, through the exporter and
through semscope-occlude. By hand; hours for all of them.

Usage: . jobs/mpi-environment.sh; torchvision_table.py --bin BIN --data FOLDER --results FILE.json [--names resnet18,vit_b_16] [--minutes N] [--thorough] [--print]

For each network, with two photos of FOLDER (in the layout of Places365, label maps in labels/, one channel):
- jobs/data/export_network.py exports it (a trace), and torch.jit.script scripts it where it can;
- the probabilities of the photos by either form are compared with those of the eager network in float64;
- one digest must come out on 1 rank with 1 thread, 2 ranks with 2 threads each, and 3 ranks with 1 thread each (of the scripted
  form on the first two);
- the CPU time of a forward is compared with that of the eager network in the same batches on one thread. It is the
  difference of two runs of different length, so that start and trial do not count. Medians of --rounds rounds, both in turn.
The results are kept in FILE.json after each network; what is there is not done again. --print writes the table.
"""
import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np
import torch
import torchvision

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from check_occlusion import read_photo  # noqa: E402

BATCH = 4
SECONDS = 4  # of forwards that a longer run has more than a short one
SCENES = 365
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
EXPORT = os.path.join(ROOT, "jobs", "data", "export_network.py")
MEAN, STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
CROPS = {"inception_v3": 299}
# Families first, then the rest by name.
FIRST = ("alexnet squeezenet1_1 resnet18 mobilenet_v2 mobilenet_v3_small shufflenet_v2_x0_5 mnasnet0_5 regnet_y_400mf "
         "efficientnet_b0 densenet121 googlenet vit_b_16 swin_t convnext_tiny swin_v2_t maxvit_t vgg11 inception_v3 "
         "resnext50_32x4d efficientnet_v2_s wide_resnet50_2").split()


def network_of(name):
    torch.manual_seed(0)
    more = {"init_weights": False, "aux_logits": False} if name in ("googlenet", "inception_v3") else {}
    network = getattr(torchvision.models, name)(weights=None, num_classes=SCENES, **more).eval()
    with torch.no_grad():
        for part, value in network.state_dict().items():  # as after training, and logits that differ
            if part.endswith("running_var"):
                value.uniform_(0.5, 1.5)
            elif part.endswith("running_mean"):
                value.normal_(0, 0.1)
    return network


def cpu_seconds(command, **more):
    """Exit code, output, and CPU seconds of the command and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = subprocess.run(command, capture_output=True, text=True, **more)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (result.returncode, result.stdout + result.stderr,
            after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


class Trial:
    def __init__(self, arguments, name, folder):
        self.arguments, self.name, self.folder = arguments, name, folder
        self.network, self.crop = network_of(name), CROPS.get(name, 224)
        self.resize = max(256, self.crop + 32)
        self.script, self.output = os.path.join(folder, "network.ts"), os.path.join(folder, "occlusion.h5")

    def occlude(self, ranks, threads, photos, batch=BATCH):
        command = [os.path.join(self.arguments.bin, "semscope-occlude"), "--data.root", self.arguments.data,
                   "--data.semantics", "objectInfo.txt", "--labels.root", "labels", "--labels.channel", "gray",
                   "--data.limit", str(photos), "--run.batch", str(batch), "--run.threads", str(threads),
                   "--run.loaders", "1", "--preprocess.resize", str(self.resize), "--preprocess.crop", str(self.crop),
                   "--model.path", self.script, "--output.occlusion", self.output, "--output.overwrite"]
        if ranks > 1:
            command = ["mpiexec", "-n", str(ranks), *command]
        code, text, seconds = cpu_seconds(command)
        if code != 0:
            said = [line for line in text.splitlines() if any(c.isalnum() for c in line)]  # mpiexec frames its own with dashes
            raise RuntimeError(f"exit code {code}: {' '.join(said[-3:])}")
        with h5py.File(self.output, "r") as file:
            forwards = len(file["/image/path"]) + len(file["/variant/image"])
            probabilities = file["/image/probability"][:]
        return {"log": text, "cpu": seconds, "forwards": forwards, "probabilities": probabilities}

    def digest(self):
        return subprocess.run([os.path.join(self.arguments.bin, "semscope-inspect"), "--digest", self.output],
                              capture_output=True, text=True, check=True).stdout.strip()

    def export(self):
        weights = os.path.join(self.folder, "weights.pth")
        torch.save(self.network.state_dict(), weights)
        code, text, _ = cpu_seconds([sys.executable, EXPORT, "--arch", self.name, "--size", str(self.crop), weights,
                                     self.script])
        if code != 0:
            raise RuntimeError(text.strip().splitlines()[-1])

    def script_network(self):
        """Writes the scripted network in place of the exported one; False where torch.jit.script refuses its code."""
        try:
            scripted = torch.jit.script(self.network)
        except Exception:  # of its code
            return False
        scripted.save(self.script)
        return True

    def photos(self):
        with open(os.path.join(self.arguments.data, "val.txt")) as file:
            paths = [line.split()[0] for line in file][:2]
        rgb = [read_photo(os.path.join(self.arguments.data, path), self.resize, self.crop) for path in paths]
        return torch.from_numpy(((np.stack(rgb) / 255 - MEAN) / STD).transpose(0, 3, 1, 2))

    def eager_cpu(self):
        """CPU seconds of a forward of the eager network on one thread: the median of a few batches."""
        images = torch.randn(BATCH, 3, self.crop, self.crop).contiguous(memory_format=torch.channels_last)
        network = self.network.to(memory_format=torch.channels_last)
        seconds, begin = [], time.process_time()
        with torch.inference_mode():
            network(images)
            while len(seconds) < 20 and (len(seconds) < 3 or time.process_time() - begin < 4):
                start = time.process_time()
                network(images)
                seconds.append(time.process_time() - start)
        return float(np.median(seconds)) / BATCH

    def run(self):
        row = {"parameters": sum(p.numel() for p in self.network.parameters())}
        self.export()
        first = self.occlude(1, 1, 2)
        digests = {self.digest()}
        for ranks, threads, batch in self.combinations():
            self.occlude(ranks, threads, 2, batch)
            digests.add(self.digest())
        row["digests"] = len(digests)
        row["one_by_one"] = "one by one" in first["log"]
        row["eager_ms"], row["ms"] = self.measure()
        scripted = self.run_scripted() if self.script_network() else None
        row["scripted_digests"] = scripted and scripted["digests"]
        with torch.inference_mode():
            expected = self.network.double()(self.photos()).softmax(1).numpy()
        for key, run in (("difference", first), ("scripted_difference", scripted)):
            row[key] = run and float(np.abs(expected - run["probabilities"]).max() / expected.max())
        return row

    def measure(self):
        """Milliseconds of CPU time of a forward of the eager network, and of one of semscope-occlude: medians of rounds in turn."""
        eager = [self.eager_cpu()]
        photos = 2 + int(min(60, max(2, SECONDS / eager[0] / 6)))
        own = []
        for _ in range(self.arguments.rounds):
            short, longer = self.occlude(1, 1, 2), self.occlude(1, 1, photos)
            batches = [-(-run["forwards"] // BATCH) for run in (longer, short)]
            own.append((longer["cpu"] - short["cpu"]) / (BATCH * (batches[0] - batches[1])))
            eager.append(self.eager_cpu())
        return 1e3 * float(np.median(eager)), 1e3 * float(np.median(own))

    def combinations(self):
        """Ranks, threads and batch of the runs that must give the digest of the first."""
        most = self.arguments.ranks
        if self.arguments.thorough:
            return [(ranks, threads, batch) for batch in (7, 16) for ranks in range(1, most + 1) for threads in (1, 2)]
        return [(min(2, most), 2, BATCH), (most, 1, BATCH)]

    def run_scripted(self):
        digests = set()
        for ranks, threads in ((1, 1), (min(2, self.arguments.ranks), 2)):
            result = self.occlude(ranks, threads, 2)
            digests.add(self.digest())
        return {"digests": len(digests), "probabilities": result["probabilities"]}


def print_table(results):
    print("| network | parameters | difference, traced | scripted | digests, traced | scripted | photos run | eager, ms | semscope, ms | "
          "eager / semscope |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, row in results.items():
        if "error" in row:
            print(f"| {name} | | | | | | refused: {row['error']} | | | |")
            continue
        way = "one by one" if row["one_by_one"] else "in batches"
        scripted = f"{row['scripted_difference']:.1e}" if row["scripted_digests"] else "not scriptable"
        print(f"| {name} | {row['parameters'] / 1e6:.1f} M | {row['difference']:.1e} | {scripted} | {row['digests']} | "
              f"{row['scripted_digests'] or ''} | {way} | {row['eager_ms']:.0f} | {row['ms']:.0f} | {row['eager_ms'] / row['ms']:.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--results", required=True)
    parser.add_argument("--names", default="")
    parser.add_argument("--minutes", type=float, default=1e9, help="begin no network after this time")
    parser.add_argument("--thorough", action="store_true", help="1, 2, 3 ranks x 1, 2 threads x batches of 7 and 16")
    parser.add_argument("--ranks", type=int, default=3, help="at most; each needs memory for a network of its own")
    parser.add_argument("--rounds", type=int, default=3, help="of timing")
    parser.add_argument("--print", action="store_true")
    arguments = parser.parse_args()
    results = json.load(open(arguments.results)) if os.path.exists(arguments.results) else {}
    if arguments.print:
        print_table(results)
        return 0
    torch.set_num_threads(1)
    known = torchvision.models.list_models(module=torchvision.models)
    names = arguments.names.split(",") if arguments.names else FIRST + sorted(set(known) - set(FIRST))
    start = time.time()
    for name in names:
        if name in results or time.time() - start > 60 * arguments.minutes:
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                results[name] = Trial(arguments, name, folder).run()
            except Exception as error:
                results[name] = {"error": str(error)}
        print(name, results[name], flush=True)
        with open(arguments.results, "w") as file:
            json.dump(results, file, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
