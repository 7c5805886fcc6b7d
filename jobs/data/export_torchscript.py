#!/usr/bin/env python3
"""Turns a PyTorch checkpoint into the TorchScript file that semscope reads, and checks that both give the same output.

  export_torchscript.py resnet18 RGB_ResNet18_Places.pth.tar resnet18_places365.ts

Reads .pth and .pth.tar, legacy and zip format; a bare state dictionary or one under 'state_dict' or 'model'; names with
or without the prefix 'module.' of data-parallel training. A ResNet may have torchvision's layer names or those of the
semantic-aware scene recognition code (in_block, encoder1 .. encoder4, fc).

Only weights are read from a checkpoint. Old ones hold other Python objects too and can run code of their author when
these are read: --trust allows it, for files that you trust.
Exit codes: 0 done; 1 the two networks disagree or writing failed; 2 wrong usage or input.
"""

import argparse
import os
import pickle
import re
import sys
import zipfile

import torch
import torchvision


class Refusal(Exception):
    """Something is wrong with what the user gave; the message says what, where and what to do."""


# The other names of a ResNet's layers -> torchvision's.
RESNET_NAMES = [(r"^in_block\.0\.", "conv1."), (r"^in_block\.1\.", "bn1.")] + [
    (rf"^encoder{i}\.", f"layer{i}.") for i in range(1, 5)
]


class Dense(torch.nn.Module):
    """Of a torchvision segmentation network, which gives a dictionary, only the scores: [N,3,H,W] -> [N,classes,H,W]."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, images):
        return self.network(images)["out"]


def classifier(name):
    return lambda classes: getattr(torchvision.models, name)(weights=None, num_classes=classes)


def segmenter(name):
    # An auxiliary head exists for training only; its weights in a checkpoint are left out.
    return lambda classes: getattr(torchvision.models.segmentation, name)(
        weights=None, weights_backbone=None, num_classes=classes, aux_loss=False)


class Architecture:
    """How to build a network and where its number of classes shows: one row of the table below."""

    def __init__(self, build, head, names=(), dense=False, unused=()):
        self.build = build          # classes -> module
        self.head = head            # weight whose first extent is the number of classes
        self.names = names          # (pattern, replacement) of other layer names
        self.dense = dense          # gives a map of scores, in a dictionary under "out"
        self.unused = unused        # prefixes of weights that only training needs


ARCHITECTURES = {
    **{name: Architecture(classifier(name), "fc.weight", RESNET_NAMES)
       for name in ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")},
    "alexnet": Architecture(classifier("alexnet"), "classifier.6.weight"),
    "vgg16": Architecture(classifier("vgg16"), "classifier.6.weight"),
    "densenet161": Architecture(classifier("densenet161"), "classifier.weight"),
    "squeezenet1_1": Architecture(classifier("squeezenet1_1"), "classifier.1.weight"),
    "mobilenet_v2": Architecture(classifier("mobilenet_v2"), "classifier.1.weight"),
    **{name: Architecture(segmenter(name), "classifier.4.weight", dense=True, unused=("aux_classifier.",))
       for name in ("fcn_resnet50", "fcn_resnet101", "deeplabv3_resnet50", "deeplabv3_resnet101",
                    "deeplabv3_mobilenet_v3_large")},
    "lraspp_mobilenet_v3_large": Architecture(
        lambda classes: torchvision.models.segmentation.lraspp_mobilenet_v3_large(
            weights=None, weights_backbone=None, num_classes=classes), "classifier.low_classifier.weight", dense=True),
}


def load(path, trust):
    """What a checkpoint holds, by torch.load; checkpoints that Python 2 wrote need its encoding of texts."""
    try:
        return torch.load(path, map_location="cpu", weights_only=not trust)
    except UnicodeDecodeError:
        return torch.load(path, map_location="cpu", weights_only=not trust, encoding="latin1")


def read_checkpoint(path, trust):
    """The dictionary of weights in a checkpoint, whatever it is wrapped in."""
    if not os.path.isfile(path):
        raise Refusal(f"{path}: there is no such file")
    try:
        content = load(path, trust)
    except pickle.UnpicklingError as error:
        if "weights" in str(error).lower() and not trust:
            raise Refusal(f"{path}: holds more than weights ({error}); if you trust its author, give --trust") from error
        raise Refusal(f"{path}: cannot be read as a PyTorch checkpoint ({error}); is the download complete?") from error
    except (RuntimeError, EOFError, ValueError, KeyError, zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise Refusal(f"{path}: cannot be read as a PyTorch checkpoint ({error}); is the download complete?") from error
    except (AttributeError, ModuleNotFoundError) as error:
        raise Refusal(f"{path}: holds a whole network of a program that is not here ({error}); "
                      "save its state_dict() instead") from error
    if isinstance(content, torch.nn.Module):
        content = content.state_dict()
    for key in ("state_dict", "model"):
        if isinstance(content, dict) and isinstance(content.get(key), dict):
            content = content[key]
    if not isinstance(content, dict) or not any(torch.is_tensor(value) for value in content.values()):
        raise Refusal(f"{path}: holds no dictionary of weights, neither bare nor under 'state_dict' or 'model'")
    return {name: value for name, value in content.items() if torch.is_tensor(value)}


def with_torchvision_names(weights, architecture):
    """The weights under the names that torchvision's module has."""
    renamed = {}
    for name, value in weights.items():
        name = re.sub(r"^(module\.)+", "", name)
        for pattern, replacement in architecture.names:
            name = re.sub(pattern, replacement, name)
        if not name.startswith(architecture.unused or "\0"):
            renamed[name] = value
    return renamed


def some(names, shown=6):
    return ", ".join(sorted(names)[:shown]) + (f" and {len(names) - shown} more" if len(names) > shown else "")


def build_network(path, name, trust=False):
    """The network in evaluation mode with the weights of the checkpoint; every weight must find its place."""
    architecture = ARCHITECTURES[name]
    weights = with_torchvision_names(read_checkpoint(path, trust), architecture)
    if architecture.head not in weights:
        raise Refusal(f"{path}: does not fit {name}: there is no weight {architecture.head}; it holds {some(weights)}")
    network = architecture.build(weights[architecture.head].shape[0])
    wanted = network.state_dict()
    # Counters of training; old checkpoints lack them and inference does not use them.
    missing = [n for n in wanted if n not in weights and not n.endswith("num_batches_tracked")]
    foreign = [n for n in weights if n not in wanted]
    shapes = [f"{n} {list(weights[n].shape)} instead of {list(wanted[n].shape)}"
              for n in wanted if n in weights and weights[n].shape != wanted[n].shape]
    problems = ([f"lacks {some(missing)}"] if missing else []) + ([f"has {some(foreign)} besides"] if foreign else []) + (
        [f"has other shapes: {some(shapes)}"] if shapes else [])
    if problems:
        raise Refusal(f"{path}: does not fit {name}: it {'; it '.join(problems)}")
    network.load_state_dict(weights, strict=False)
    network.eval()
    return Dense(network).eval() if architecture.dense else network


def export(network, side, path):
    """Traces the network, writes it, reads it again, and returns the largest difference of the outputs to the original's,
    relative to the largest output, for images and batch sizes that the trace has not seen."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        traced = torch.jit.trace(network, torch.randn(2, 3, side, side, generator=generator))
        temporary = f"{path}.writing.{os.getpid()}"
        try:
            traced.save(temporary)
            again = torch.jit.load(temporary, map_location="cpu")
            worst = 0.0
            for batch in (1, 3):
                images = torch.randn(batch, 3, side, side, generator=generator)
                expected = network(images)
                worst = max(worst, float((again(images) - expected).abs().max() / expected.abs().max()))
            if not worst <= 1e-4:  # not a number fails as well
                raise RuntimeError(f"the TorchScript network differs from the original by {worst:g} of the largest output")
            os.replace(temporary, path)
        finally:
            if os.path.exists(temporary):
                os.remove(temporary)
    return worst, list(expected.shape[1:])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("architecture", choices=sorted(ARCHITECTURES), metavar="architecture",
                        help=", ".join(sorted(ARCHITECTURES)))
    parser.add_argument("checkpoint", help="the .pth or .pth.tar file")
    parser.add_argument("output", help="the TorchScript file to write")
    parser.add_argument("--size", type=int, default=224, help="side of the images that the network will get [224]")
    parser.add_argument("--overwrite", action="store_true", help="replace an output that exists")
    parser.add_argument("--trust", action="store_true", help="read other Python objects of the checkpoint as well")
    arguments = parser.parse_args()
    try:
        if os.path.exists(arguments.output) and not arguments.overwrite:
            raise Refusal(f"{arguments.output}: the output exists; move it away or give --overwrite")
        if arguments.size < 32:
            raise Refusal("--size must be at least 32")
        network = build_network(arguments.checkpoint, arguments.architecture, arguments.trust)
        worst, shape = export(network, arguments.size, arguments.output)
    except Refusal as refusal:
        print(f"export_torchscript: error: {refusal}", file=sys.stderr)
        return 2
    except (RuntimeError, OSError) as error:
        print(f"export_torchscript: error: {arguments.output}: {error}", file=sys.stderr)
        return 1
    print(f"{arguments.output}: {arguments.architecture}, [N,3,{arguments.size},{arguments.size}] -> "
          f"[N,{','.join(map(str, shape))}], differs from the original by {worst:.1g} of the largest output")
    return 0


if __name__ == "__main__":
    sys.exit(main())
