#!/usr/bin/env python3
"""jobs/data/export_network.py on checkpoints made on the spot. The expected output does not come from the script's
own reading of the checkpoint: the authors' layout is a module written here, torchvision's is torchvision's.

Usage: check_export.py EXPORT_SCRIPT        exit code 77 where torchvision is not installed
"""
import datetime
import os
import pickle
import re
import struct
import subprocess
import sys
import tempfile
import types

try:
    import torch
    import torchvision
except ImportError as error:
    print(f"SKIPPED: {error}")
    sys.exit(77)

torch.set_num_threads(1)
script = sys.argv[1]


class AuthorsResNet(torch.nn.Module):
    """The ResNet of the semantic-aware scene recognition code: its layer names, its pooling, its dropout."""

    def __init__(self, arch, classes):
        super().__init__()
        base = getattr(torchvision.models, arch)(weights=None)
        self.in_block = torch.nn.Sequential(
            torch.nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False), torch.nn.BatchNorm2d(64), torch.nn.ReLU(),
            torch.nn.MaxPool2d(3, stride=2, padding=1))
        self.encoder1, self.encoder2, self.encoder3, self.encoder4 = base.layer1, base.layer2, base.layer3, base.layer4
        self.dropout = torch.nn.Dropout(0.3)
        self.avgpool = torch.nn.AvgPool2d(7, stride=1)
        self.fc = torch.nn.Linear(base.fc.in_features, classes)

    def forward(self, x):
        x = self.encoder4(self.encoder3(self.encoder2(self.encoder1(self.in_block(x)))))
        return self.fc(self.dropout(self.avgpool(x)).flatten(1))


def randomise(network, seed):
    """Weights and running statistics that are not the initial ones, so that a lost or swapped layer shows."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in network.state_dict().items():
            if name.endswith("running_var"):
                value.uniform_(0.5, 1.5, generator=generator)
            elif name.endswith(("running_mean", ".bias")):
                value.normal_(0, 0.1, generator=generator)
    return network.eval()


def run(*arguments):
    result = subprocess.run([sys.executable, script, *map(str, arguments)], capture_output=True, text=True)
    return result.returncode, result.stdout + result.stderr


def expect(condition, what):
    if not condition:
        print(f"FAILED: {what}")
        sys.exit(1)
    print(f"ok: {what}")


class Python2(pickle._Pickler):
    """Writes texts as Python 2 did: bytes, with its own opcodes."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_str(self, text):
        data = text.encode("latin1")
        self.write(pickle.SHORT_BINSTRING + bytes([len(data)]) + data if len(data) < 256
                   else pickle.BINSTRING + struct.pack("<i", len(data)) + data)
        self.memoize(text)

    dispatch[str] = save_str


def python2():
    """A module for torch.save that pickles as Python 2 did."""
    module = types.SimpleNamespace(__name__="pickle_of_python_2", Pickler=Python2)
    module.dump = lambda value, file, protocol: Python2(file, protocol).dump(value)
    return module


def check_same(folder, what, network, content, arch, legacy, size=224, more=(), pickle_module=pickle):
    source = os.path.join(folder, "checkpoint.pth.tar")
    target = os.path.join(folder, "network.ts")
    torch.save(content, source, _use_new_zipfile_serialization=not legacy, pickle_module=pickle_module)
    with open(source, "rb") as file:
        assert (file.read(2) == b"PK") != legacy
    named = [arch] if isinstance(arch, str) else arch
    code, text = run(*named, source, target, "--overwrite", "--size", size, *more)
    expect(code == 0, f"{what}: exit code 0 ({text.strip()})")
    images = torch.randn(2, 3, size, size, generator=torch.Generator().manual_seed(99))
    with torch.no_grad():
        expected = network(images)
        expected = expected["out"] if isinstance(expected, dict) else expected
        got = torch.jit.load(target)(images)
    difference = float((got - expected).abs().max() / expected.abs().max())
    expect(got.shape == expected.shape and difference < 1e-4, f"{what}: the same output ({difference:.1g})")


with tempfile.TemporaryDirectory() as folder:
    for index, arch in enumerate(("resnet18", "resnet50")):
        legacy = index == 0
        authors = randomise(AuthorsResNet(arch, 365), index)
        published = {"epoch": 23, "best_prec1": 53.69, "arch": arch,
                     "state_dict": {"module." + n: v for n, v in authors.state_dict().items()}}
        check_same(folder, f"{arch}, the authors' layers, .pth.tar with module.", authors, published, arch, legacy,
                   more=["--trust"])  # numbers beside the weights: older PyTorch reads them on trust only
        plain = randomise(getattr(torchvision.models, arch)(weights=None, num_classes=7), 10 + index)
        check_same(folder, f"{arch}, torchvision's layers, bare", plain, plain.state_dict(), arch, not legacy)
    segmenter = randomise(torchvision.models.segmentation.deeplabv3_mobilenet_v3_large(
        weights=None, weights_backbone=None, num_classes=9, aux_loss=True), 20)
    check_same(folder, "deeplabv3 with its training head", segmenter, segmenter.state_dict(),
               "deeplabv3_mobilenet_v3_large", False, size=96)

    def random(name, **more):
        return randomise(getattr(torchvision.models, name)(weights=None, num_classes=7, **more), 30)

    def renamed(network, pattern, replacement):
        return {re.sub(pattern, replacement, n): v for n, v in network.state_dict().items()}

    densenet = random("densenet121")
    old = renamed(densenet, r"(denselayer\d+\.(?:norm|conv))([12]\.)", r"\1.\2")
    assert "features.denseblock1.denselayer1.norm.1.weight" in old
    check_same(folder, "an old DenseNet", densenet, {"state_dict": old}, ["--arch", "densenet121"], True, size=64)
    alexnet = random("alexnet")
    inner = renamed(alexnet, r"^features\.", "features.module.")
    check_same(folder, "module. within the names", alexnet, inner, "alexnet", False)
    check_same(folder, "a checkpoint of Python 2", alexnet, {"state_dict": inner, "arch": "al\xe9xnet", "epoch": 3},
               "alexnet", True, more=["--trust"], pickle_module=python2())
    resnet = random("resnet18")
    check_same(folder, "a whole network", resnet, resnet, "resnet18", True, size=64, more=["--trust"])
    check_same(folder, "a whole network of data-parallel training", resnet,
               {"model": torch.nn.DataParallel(resnet)}, "resnet18", False, size=64, more=["--trust"])
    googlenet = random("googlenet", init_weights=False)
    check_same(folder, "GoogLeNet with its training heads", googlenet, googlenet.state_dict(), ["--arch", "googlenet"],
               False, size=64)
    mnasnet = random("mnasnet0_5")  # its loader wants the version that a checkpoint of plain tensors does not tell
    check_same(folder, "a network that has versions", mnasnet, dict(mnasnet.state_dict()), ["--arch", "mnasnet0_5"], False,
               size=64)
    module = os.path.join(folder, "user_network.py")
    with open(module, "w") as file:
        file.write("import torch\nclass Net(torch.nn.Module):\n    def __init__(self, num_classes=3):\n"
                   "        super().__init__()\n        self.head = torch.nn.Linear(3, num_classes)\n"
                   "    def forward(self, x):\n        y = [self.head(p.mean([1, 2])) for p in x]\n"
                   "        return torch.stack(y)\n")  # a loop over the batch, which a trace unrolls
    sys.path.insert(0, folder)
    import user_network

    own = user_network.Net(5)
    arguments = ["--module", f"{module}:Net", "--classes", "5"]
    check_same(folder, "a class of a file, scripted since no trace has its loop", own, own.state_dict(), arguments, False,
               size=64)
    with open(module) as file:
        body = file.read().replace("self.head(p.mean([1, 2]))", "self.head(torch.from_numpy(p.mean([1, 2]).numpy()))")
    with open(module, "w") as file:
        file.write(body)
    source, target = os.path.join(folder, "own.pth"), os.path.join(folder, "own.ts")
    torch.save(own.state_dict(), source)
    code, text = run(*arguments, source, target)
    expect(code == 1 and "traced network differs" in text and "cannot be scripted" in text and not os.path.exists(target),
           f"a network that is neither traced nor scripted is refused ({text.strip()})")
    code, text = run("--module", f"{module}:Net", source, target)
    expect(code == 2 and "head.weight [5, 3] instead of [3, 3]" in text, f"other classes are named ({text.strip()})")
    code, text = run("--module", f"{module}:Nothing", source, target)
    expect(code == 2 and "no class or function Nothing" in text, "a class that is not there is named")
    code, text = run("--arch", "resnet19", source, target)
    expect(code == 2 and "no such classifier; it has alexnet" in text, "an unknown name is refused with those there are")

    path, target = os.path.join(folder, "bad.pth"), os.path.join(folder, "bad.ts")
    lacking = dict(plain.state_dict())
    del lacking["layer2.0.conv1.weight"]
    torch.save(lacking, path)
    code, text = run("resnet50", path, target)
    expect(code == 2 and "layer2.0.conv1.weight" in text, "a missing weight is named")
    torch.save({**plain.state_dict(), "extra.weight": torch.zeros(1)}, path)
    code, text = run("resnet50", path, target)
    expect(code == 2 and "extra.weight" in text, "a weight without a place is named")
    torch.save(plain.state_dict(), path)
    code, text = run("resnet18", path, target)
    expect(code == 2 and "does not fit resnet18" in text, "another architecture is refused")
    with open(path, "r+b") as file:
        file.truncate(os.path.getsize(path) // 2)
    code, text = run("resnet50", path, target)
    expect(code == 2 and "bad.pth" in text and "Traceback" not in text, "a truncated checkpoint is refused")
    torch.save({"state_dict": plain.state_dict(), "when": datetime.date(2020, 1, 1)}, path)
    code, text = run("resnet50", path, target)
    expect(code == 2 and "--trust" in text, "objects other than weights are read on request only")
    code, text = run("resnet50", path, target + "2", "--trust")
    expect(code == 0, "and then they do no harm")
    torch.save([1, 2, 3], path)
    code, text = run("resnet50", path, target)
    expect(code == 2 and "no dictionary of weights" in text, "a checkpoint without weights is refused")
    code, text = run("resnet50", os.path.join(folder, "nowhere.pth"), target)
    expect(code == 2 and "nowhere.pth" in text, "a missing checkpoint is named")
    expect(not os.path.exists(target), "nothing is written in any of these cases")
    with open(target, "w") as file:
        file.write("precious")
    code, text = run("resnet50", path, target)
    expect(code == 2 and "--overwrite" in text and open(target).read() == "precious", "an output that exists is left alone")
print("all checks passed")
