#!/usr/bin/env python3
"""What incremental inference takes of torchvision's classifiers, and how far it is from whole forwards.

  incremental_networks.py --bin build/release/bin --config demo/demo.cfg --limit 4 [--fills mean black ...] [--modes remove keep]
                          [--exact] [--incremental auto] [network ...]

Exports each network with random weights, whose normalisations are calibrated on photos of the data set, noise, black and white (after
photos alone, the scores of what these fill are so large that a probability is 1), and whose last layer is scaled so that the
probabilities are not flat; runs semscope-occlude with run.incremental = on and off on the same photos, and prints a row of a
Markdown table: operators that run incrementally, the share of the floating-point operations that they needed (with the first
fill and mode), where the rest begins, and the largest difference in probability, with every fill and mode, and with which of
them it is. With --incremental auto the difference is of the fills and modes that auto takes, which are counted. --exact adds how far
both are from the same network in double precision. Needs torchvision, h5py and Pillow.
"""
import argparse
import itertools
import pathlib
import re
import subprocess
import tempfile

import h5py
import numpy
import torch
import torchvision
from PIL import Image

NETWORKS = ["alexnet", "vgg11", "vgg16", "resnet18", "resnet50", "wide_resnet50_2", "resnext50_32x4d", "squeezenet1_1",
            "densenet121", "googlenet", "inception_v3", "mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large",
            "mnasnet1_0", "shufflenet_v2_x1_0", "regnet_x_400mf", "regnet_y_400mf", "efficientnet_b0", "convnext_tiny"]
CROP = 224


def calibration_photos(config, count):
    """[n,3,CROP,CROP], normalised: `count` photos of the data set that a configuration names, noise, black and white."""
    text = pathlib.Path(config).read_text()
    root = (pathlib.Path(config).parent / re.search(r"^root *= *(\S+)", text, re.MULTILINE).group(1)).resolve()
    mean, std = numpy.array([.485, .456, .406], numpy.float32), numpy.array([.229, .224, .225], numpy.float32)
    made = []
    for line in (root / "val.txt").read_text().split("\n")[:count]:
        image = Image.open(root / line.split()[0]).convert("RGB")
        scale = 256 / min(image.size)
        image = image.resize([round(side * scale) for side in image.size], Image.BILINEAR)
        left, top = [(side - CROP) // 2 for side in image.size]
        made.append((numpy.asarray(image, numpy.float32)[top:top + CROP, left:left + CROP] / 255 - mean) / std)
    noise = [numpy.random.default_rng(seed).random((CROP, CROP, 3), numpy.float32) for seed in range(count // 2)]
    flat = [numpy.full((CROP, CROP, 3), value, numpy.float32) for value in (0, 1)]
    made += [(image - mean) / std for image in noise + flat]
    return torch.from_numpy(numpy.stack(made)).permute(0, 3, 1, 2).contiguous()


def calibrated(name, images, scenes):
    torch.manual_seed(1)
    more = {"init_weights": False, "aux_logits": False} if name in ("googlenet", "inception_v3") else {}
    network = getattr(torchvision.models, name)(weights=None, num_classes=scenes, **more)
    normalisations = [m for m in network.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    for each in normalisations:
        each.momentum = None
        each.reset_running_stats()
        torch.nn.init.uniform_(each.weight, .5, 1.2)
        torch.nn.init.normal_(each.bias, 0, .2)
    with torch.no_grad():
        if normalisations:
            network.train()
            for each in network.modules():
                if isinstance(each, torch.nn.Dropout) or type(each).__name__ == "StochasticDepth":
                    each.eval()
            network(images)
        network.eval()
        last = [m for m in network.modules() if isinstance(m, (torch.nn.Linear, torch.nn.Conv2d))][-1]
        factor = 2.5 / network(images).std()
        last.weight *= factor
        if last.bias is not None:
            last.bias *= factor
    return network


class InDoublePrecision(torch.nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network.double()

    def forward(self, images):
        return self.network(images.double()).float()


def occlude(arguments, network, output, incremental, fill, mode):
    command = [f"{arguments.bin}/semscope-occlude", "--config", arguments.config, "--data.limit", str(arguments.limit),
               "--model.path", network, "--run.incremental", incremental, "--run.threads", "1", "--output.occlusion", output,
               "--output.overwrite", "true", "--occlusion.fill", fill, "--occlusion.mode", mode]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    with h5py.File(output) as file:
        return done.stderr, numpy.concatenate([file["image/probability"][:], file["variant/probability"][:]])


def find(pattern, text):
    found = re.search(pattern, text)
    return found.group(1) if found else "-"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--bin", default="build/release/bin")
    parser.add_argument("--config", required=True)
    parser.add_argument("--limit", type=int, default=4)
    parser.add_argument("--scenes", type=int, default=365)
    parser.add_argument("--exact", action="store_true")
    parser.add_argument("--incremental", default="on", choices=["on", "auto"])
    parser.add_argument("--fills", nargs="+", default=["mean"])
    parser.add_argument("--modes", nargs="+", default=["remove"])
    parser.add_argument("networks", nargs="*", default=NETWORKS, metavar="network")
    arguments = parser.parse_args()
    images = calibration_photos(arguments.config, 8)
    print("| network | operators | FLOPs needed | whole from | largest difference in p | largest p |" +
          (" from double precision: whole | incremental |" if arguments.exact else "") + "\n" +
          "|---" * (8 if arguments.exact else 6) + "|")
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.networks:
            path, exact_path = f"{folder}/{name}.ts", f"{folder}/{name}_double.ts"
            network = calibrated(name, images, arguments.scenes)
            torch.jit.trace(network, images[:2]).save(path)
            if arguments.exact:  # frozen, so that semscope-occlude leaves the weights as they are
                torch.jit.freeze(torch.jit.trace(InDoublePrecision(network).eval(), images[:2])).save(exact_path)
            logs, differences, largest, errors, refused = [], {}, 0, numpy.zeros(2), 0
            for fill, mode in itertools.product(arguments.fills, arguments.modes):
                _, whole = occlude(arguments, path, f"{folder}/whole.h5", "off", fill, mode)
                log, incremental = occlude(arguments, path, f"{folder}/incremental.h5", arguments.incremental, fill, mode)
                refused += "run.incremental = off" in log
                logs.append(log)
                differences[f"{fill}, {mode}"] = abs(whole - incremental).max()
                largest = max(largest, whole.max())
                if arguments.exact:
                    _, exact = occlude(arguments, exact_path, f"{folder}/exact.h5", "off", fill, mode)
                    errors = numpy.maximum(errors, [abs(whole - exact).max(), abs(incremental - exact).max()])
            log = logs[0]
            taken = find(r"(\d+) operators of the network", log)
            flops = find(r"([\d.]+ %) of the floating", log)
            rest = find(r"from (\S+) on it runs as a whole", log)
            worst = max(differences, key=differences.get)
            print(f"| {name} | {taken} | {flops} | {rest} | {differences[worst]:.1e} ({worst}) | {largest:.2f} |" +
                  (f" {errors[0]:.1e} | {errors[1]:.1e} |" if arguments.exact else ""), flush=True)
            if arguments.incremental == "auto":
                print(f"  auto takes {len(differences) - refused} of {len(differences)} fills and modes")
            if "nothing runs" in log:
                print("  " + find(r"(nothing runs incrementally.*)", log))


if __name__ == "__main__":
    main()
