#!/usr/bin/env python3
"""Networks as AOTInductor packages (.pt2): semscope gives the numbers and files that it gives with the same network as
TorchScript, on any number of ranks and threads, and refuses what the package was not compiled for.

Usage: check_package.py BIN TORCH EXPORT [DATA NETWORK]

TORCH is the folder of the LibTorch that semscope is built with. The python that has it compiles the packages with EXPORT
(jobs/data/export_network.py). A small network and photos are made here; DATA are real photos in the layout of Places365
and NETWORK the SqueezeNet trained on it, as TorchScript. Exit code 77 where packages cannot be made.
"""
import inspect
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
    import torch
    import network_cases
    from PIL import Image
except ImportError as error:
    print(f"SKIPPED: {error}")
    sys.exit(77)

from squeezenet_places import SqueezeNetPlaces

SMALL_SEGMENTER = """
class Segmenter(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Conv2d(3, 4, 9, padding=4)

    def forward(self, x):
        return {"aux": x, "out": self.layer(x)}
"""


def expect(condition, what):
    if not condition:
        print(f"FAILED: {what}")
        sys.exit(1)
    print(f"ok: {what}", flush=True)


def skip(reason):
    print(f"SKIPPED: {reason}")
    sys.exit(77)


def python_of(torch_folder):
    """The python whose PyTorch lies in this folder."""
    for parent in pathlib.Path(torch_folder).parents:
        python = parent / "bin" / "python3"
        if python.exists():
            asked = subprocess.run([python, "-c", "import torch, torchvision; print(torch.__version__)"],
                                   capture_output=True, text=True)
            version = asked.stdout.strip()
            if asked.returncode != 0:
                skip(f"{python} has no PyTorch with torchvision")
            if tuple(int(number) for number in version.split(".")[:2]) < (2, 7):
                skip(f"packages need PyTorch 2.7 or later, and LibTorch is {version}")
            return str(python)
    skip(f"no python belongs to the LibTorch in {torch_folder}")


class Case:
    def __init__(self, arguments, folder):
        self.bin, torch_folder, self.script = arguments[:3]
        self.python = python_of(torch_folder)
        self.folder = folder

    def at(self, name):
        return os.path.join(self.folder, name)

    def export(self, output, *arguments):
        """Exports a network; the code and text of the script."""
        result = subprocess.run([self.python, self.script, *arguments, self.at(output)], capture_output=True, text=True,
                                cwd=os.path.dirname(os.path.abspath(__file__)), timeout=600)
        return result.returncode, result.stdout + result.stderr

    def run(self, program, *arguments, ranks=1):
        command = (["mpirun", "-n", str(ranks)] if ranks > 1 else []) + [os.path.join(self.bin, program), *arguments]
        result = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=self.folder)
        return result.returncode, result.stdout + result.stderr

    def digest(self, name):
        return self.run("semscope-inspect", "--digest", self.at(name))[1].strip()

    def probabilities(self, name):
        with h5py.File(self.at(name), "r") as file:
            return np.vstack([file["/image/probability"][:], file["/variant/probability"][:]])


def check_small(case):
    """A package for batches of any size, and one of a segmentation network for one photo at a time."""
    cases, data, plain = network_cases.make_small_set(case.folder)
    with open(case.at("small.py"), "w") as file:
        file.write("import torch\n\n\n" + inspect.getsource(network_cases.Plain) + SMALL_SEGMENTER)
    torch.save(torch.jit.load(plain).net.state_dict(), case.at("plain.pth"))
    code, text = case.export("any.pt2", "--format", "pt2", "--size", "96", "--module", f"{case.at('small.py')}:Plain",
                             case.at("plain.pth"))
    expect(code == 0 and "differs from the original" in text, f"a package for any batch is made ({text.strip()[-200:]})")
    arguments = ["--data.root", data, "--data.semantics", "objectInfo.txt", "--labels.root", "labels", "--labels.channel",
                 "gray", "--preprocess.resize", "0", "--preprocess.crop", "96", "--output.overwrite", "--run.threads", "1"]

    def occlude(network, output, *more):
        return case.run("semscope-occlude", *arguments, "--model.path", network, "--output.occlusion", case.at(output), *more)

    expect(occlude(plain, "script.h5")[0] == 0, "TorchScript runs")
    for batch in ("2", "19"):
        code, text = occlude(case.at("any.pt2"), "any.h5", "--run.batch", batch)
        expect(code == 0, f"batches of {batch} run ({text[-300:] if code else ''})")
        worst = np.abs(case.probabilities("any.h5") - case.probabilities("script.h5")).max()
        expect(worst < 1e-5, f"and give the probabilities of TorchScript ({worst:.1g})")
    code, text = occlude(case.at("any.pt2"), "any.h5", "--preprocess.crop", "64")
    expect(code == 2 and "expected: 96, but got: 64" in text, "another size of photos is refused")
    with open(case.at("four.txt"), "w") as file:
        file.write("".join(f"scene_{index}\n" for index in range(4)))
    code, text = occlude(case.at("any.pt2"), "any.h5", "--data.scenes", case.at("four.txt"))
    expect(code == 2 and "the network gives 5 scores" in text, "another number of scenes is refused")

    torch.manual_seed(1)
    layer = torch.nn.Conv2d(3, 4, 9, padding=4)
    torch.save({f"layer.{name}": value for name, value in layer.state_dict().items()}, case.at("segment.pth"))
    with open(case.at("map.txt"), "w") as file:
        file.write("".join(f"{label} {label}\n" for label in range(4)))
    for suffix, more in (("ts", []), ("pt2", ["--format", "pt2", "--batch", "1"])):
        code, text = case.export(f"segment.{suffix}", *more, "--size", "120", "--module",
                                 f"{case.at('small.py')}:Segmenter", case.at("segment.pth"))
        expect(code == 0, f"the segmentation network is exported as {suffix} ({text.strip()[-200:]})")
        code, text = case.run("semscope-segment", "--data.root", data, "--data.semantics", "objectInfo.txt",
                              "--labels.root", case.at(f"maps_{suffix}"), "--segment.model", case.at(f"segment.{suffix}"),
                              "--segment.map", case.at("map.txt"), "--segment.size", "0", "--segment.batch", "1")
        expect(code == 0, f"and segments ({text[-300:] if code else ''})")
    maps = [sorted(pathlib.Path(case.at(f"maps_{suffix}")).rglob("*.png")) for suffix in ("ts", "pt2")]
    expect(len(maps[0]) == 2 == len(maps[1]), "two label maps are written")
    equal = [np.mean(np.asarray(Image.open(a)) == np.asarray(Image.open(b))) for a, b in zip(*maps)]
    expect(min(equal) > 0.999, f"with the same classes in {min(equal):.2%} of the pixels")


def check_real(case, data, network):
    """The whole pipeline on the real SqueezeNet, compiled for batches of 16."""
    weights = torch.jit.load(network).state_dict()
    SqueezeNetPlaces().load_state_dict(weights)
    torch.save(weights, case.at("squeezenet.pth"))
    code, text = case.export("squeezenet.pt2", "--format", "pt2", "--batch", "16", "--module",
                             "squeezenet_places.py:SqueezeNetPlaces", case.at("squeezenet.pth"))
    expect(code == 0 and "[16,3,224,224] -> [16,365]" in text, f"the package is made ({text.strip()[-200:]})")
    package = case.at("squeezenet.pt2")
    inputs = ["--data.root", data, "--data.semantics", "objectInfo.txt", "--labels.root", "labels", "--labels.channel",
              "gray", "--data.limit", "8"]

    def occlude(network, output, *more, ranks=1):
        return case.run("semscope-occlude", *inputs, "--model.path", network, "--output.occlusion", case.at(output),
                        "--run.batch", "16", "--run.loaders", "1", "--output.overwrite", *more, ranks=ranks)

    expect(occlude(network, "script.h5")[0] == 0, "TorchScript runs")
    code, text = occlude(package, "one.h5", "--run.threads", "1")
    expect(code == 0 and "AOTInductor package, compiled for CPUs" in text, f"the package runs ({text[-300:] if code else ''})")
    worst = np.abs(case.probabilities("one.h5") - case.probabilities("script.h5")).max()
    expect(worst < 1e-5, f"and gives the probabilities of TorchScript ({worst:.1g})")
    expect(occlude(package, "three.h5", "--run.threads", "2", ranks=3)[0] == 0, "it runs on 3 ranks with 2 threads each")
    expect(len(case.digest("one.h5")) == 64 and case.digest("one.h5") == case.digest("three.h5"), "with the same bits")
    for name in ("script", "three"):
        code, text = case.run("semscope-reduce", "--output.occlusion", case.at(f"{name}.h5"), "--output.statistics",
                              case.at(f"{name}.statistics.h5"), ranks=2)
        expect(code == 0, f"statistics are made of it ({text[-300:] if code else ''})")
    with h5py.File(case.at("script.statistics.h5")) as a, h5py.File(case.at("three.statistics.h5")) as b:
        worst = np.nanmax(np.abs(a["/deviation/predicted/mean"][:] - b["/deviation/predicted/mean"][:]))
        expect(worst < 1e-5, f"and they agree ({worst:.1g})")
    code, text = case.run("semscope-sdm", *inputs, "--output.occlusion", case.at("three.h5"), "--output.figures",
                          case.at("figures"), ranks=2)
    maps = list(pathlib.Path(case.at("figures")).rglob("*.panel.png"))
    expect(code == 0 and len(maps) >= 8, f"{len(maps)} maps are drawn ({text[-300:] if code else ''})")

    for more, words in ((["--run.batch", "8"], "set run.batch = 16"),
                        (["--run.precision", "bf16"], "compiled for another precision"),
                        (["--model.sha256", "0" * 64], "its SHA-256 is")):
        code, text = occlude(package, "refused.h5", *more)
        expect(code == 2 and "squeezenet.pt2" in text and words in text, f"{more[0]} {more[1][:8]} is refused: {words}")
    code, text = occlude(package, "whole.h5", "--run.incremental", "on", "--data.limit", "1")
    expect(code == 0 and "nothing runs incrementally: the operators of an AOTInductor package" in text,
           "run.incremental says that it does not apply")


def main():
    if shutil.which("c++") is None:
        skip("there is no C++ compiler, which makes packages")
    with tempfile.TemporaryDirectory() as folder:
        case = Case(sys.argv[1:], folder)
        check_small(case)
        if len(sys.argv) > 4:
            check_real(case, *sys.argv[4:6])
    print("all checks passed")


if __name__ == "__main__":
    main()
