#!/usr/bin/env python3
"""Turns a PyTorch checkpoint into the TorchScript file that semscope reads, and checks that both give the same output.

  export_torchscript.py resnet18 RGB_ResNet18_Places.pth.tar resnet18_places365.ts
  export_torchscript.py --arch convnext_tiny weights.pth network.ts         any classifier of the installed torchvision
  export_torchscript.py --module model.py:Net weights.pth network.ts        a class or function of a file of yours

Reads .pth and .pth.tar, legacy and zip format, also of Python 2; a bare state dictionary, one under 'state_dict',
'model' or 'model_state_dict', or a whole network; names with or without the 'module.' of data-parallel training, in front
or within. A ResNet may have torchvision's layer names or those of the semantic-aware scene recognition code (in_block,
encoder1 .. encoder4, fc), a DenseNet those of torchvision before 0.3 (norm.1, conv.1).

Only weights are read from a checkpoint. Old ones and whole networks hold other Python objects too and can run code of
their author when these are read: --trust allows it, for files that you trust. --module runs the file that it names.
Exit codes: 0 done; 1 the two networks disagree or writing failed; 2 wrong usage or input.
"""

import argparse
import importlib.util
import inspect
import os
import pickle
import re
import sys
import warnings
import zipfile

import torch
import torchvision


class Refusal(Exception):
    """Something is wrong with what the user gave; the message says what, where and what to do."""


# The other names of a ResNet's layers -> torchvision's.
RESNET_NAMES = [(r"^in_block\.0\.", "conv1."), (r"^in_block\.1\.", "bn1.")] + [
    (rf"^encoder{i}\.", f"layer{i}.") for i in range(1, 5)
]


# DenseNet's layers before torchvision 0.3 -> since.
DENSENET_NAMES = [(r"(denselayer\d+\.(?:norm|conv))\.([12]\.)", r"\1\2")]


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
    "densenet161": Architecture(classifier("densenet161"), "classifier.weight", DENSENET_NAMES),
    "squeezenet1_1": Architecture(classifier("squeezenet1_1"), "classifier.1.weight"),
    "mobilenet_v2": Architecture(classifier("mobilenet_v2"), "classifier.1.weight"),
    **{name: Architecture(segmenter(name), "classifier.4.weight", dense=True, unused=("aux_classifier.",))
       for name in ("fcn_resnet50", "fcn_resnet101", "deeplabv3_resnet50", "deeplabv3_resnet101",
                    "deeplabv3_mobilenet_v3_large")},
    "lraspp_mobilenet_v3_large": Architecture(
        lambda classes: torchvision.models.segmentation.lraspp_mobilenet_v3_large(
            weights=None, weights_backbone=None, num_classes=classes), "classifier.low_classifier.weight", dense=True),
}


def torchvision_classifiers():
    """Names of the classifiers of the installed torchvision."""
    if hasattr(torchvision.models, "list_models"):
        return set(torchvision.models.list_models(module=torchvision.models))
    return {name for name, value in vars(torchvision.models).items() if name.islower() and inspect.isfunction(value)}


def any_classifier(name):
    """The architecture of any classifier of torchvision. Its head comes last; heads that only training uses are left out."""
    if name in ARCHITECTURES:
        return ARCHITECTURES[name]
    if name not in torchvision_classifiers():
        raise Refusal(f"--arch {name}: torchvision {torchvision.__version__} has no such classifier; it has "
                      f"{', '.join(sorted(torchvision_classifiers()))}")
    more = {"init_weights": False, "aux_logits": False} if name in ("googlenet", "inception_v3") else {}
    return Architecture(lambda classes: getattr(torchvision.models, name)(weights=None, num_classes=classes, **more), None,
                        DENSENET_NAMES if name.startswith("densenet") else (), unused=("aux1.", "aux2.", "AuxLogits."))


def module_of(text, classes):
    """The architecture of FILE:NAME, a class or function without arguments or with num_classes."""
    path, _, name = text.rpartition(":")
    if not path or not os.path.isfile(path):
        raise Refusal(f"--module {text}: must be FILE:CLASS, with a Python file that exists")
    spec = importlib.util.spec_from_file_location("network_of_user", path)
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    spec.loader.exec_module(module)
    make = getattr(module, name, None)
    if not callable(make):
        raise Refusal(f"--module {text}: {path} has no class or function {name}")
    return Architecture(lambda _: make() if classes is None else make(num_classes=classes), None)


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
    for key in ("state_dict", "model_state_dict", "model"):
        if isinstance(content, dict) and isinstance(content.get(key), torch.nn.Module):
            content = content[key].state_dict()
        elif isinstance(content, dict) and isinstance(content.get(key), dict):
            content = content[key]
    if not isinstance(content, dict) or not any(torch.is_tensor(value) for value in content.values()):
        raise Refusal(f"{path}: holds no dictionary of weights, neither bare nor under 'state_dict' or 'model'")
    return {name: value for name, value in content.items() if torch.is_tensor(value)}


def with_torchvision_names(weights, architecture):
    """The weights under the names that torchvision's module has."""
    renamed = {}
    for name, value in weights.items():
        name = re.sub(r"(^|\.)(?:module\.)+", r"\1", name)
        for pattern, replacement in architecture.names:
            name = re.sub(pattern, replacement, name)
        if not name.startswith(architecture.unused or "\0"):
            renamed[name] = value
    return renamed


def some(names, shown=6):
    return ", ".join(sorted(names)[:shown]) + (f" and {len(names) - shown} more" if len(names) > shown else "")


def built_for(weights, architecture, path, name):
    """A network of the architecture with as many classes as the weights have."""
    network = None
    head = architecture.head
    if head is None:
        network = architecture.build(1000)
        head = [n for n, value in network.state_dict().items() if value.dim() >= 2][-1]
    if head not in weights:
        raise Refusal(f"{path}: does not fit {name}: there is no weight {head}; it holds {some(weights)}")
    if network is None or network.state_dict()[head].shape[0] != weights[head].shape[0]:
        network = architecture.build(weights[head].shape[0])
    return network


def build_network(path, name, architecture, trust=False):
    """The network in evaluation mode with the weights of the checkpoint; every weight must find its place."""
    weights = with_torchvision_names(read_checkpoint(path, trust), architecture)
    network = built_for(weights, architecture, path, name)
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


def traced(network, side, generator):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the tracer, on what export() tries
        return torch.jit.trace(network, torch.randn(2, 3, side, side, generator=generator), check_trace=False)


def scripted(network, _side, _generator):
    return torch.jit.script(network)


def tensor_of(output):
    """As semscope takes it: the first tensor of a tuple or list, "logits" or "out" of a dictionary."""
    if torch.is_tensor(output):
        return output
    if isinstance(output, dict):
        return output["logits"] if "logits" in output else output["out"]
    return next(value for value in output if torch.is_tensor(value))


def difference(network, other, side, generator):
    """The largest difference of the outputs, relative to the largest output, for images and sizes of batch that a trace
    has not seen; and the shape of an output."""
    worst = 0.0
    for batch in (1, 3):
        images = torch.randn(batch, 3, side, side, generator=generator)
        expected, got = tensor_of(network(images)), tensor_of(other(images))
        if got.shape != expected.shape:
            return float("inf"), []
        worst = max(worst, float((got - expected).abs().max() / expected.abs().max()))
    return worst, list(expected.shape[1:])


def export(network, side, path):
    """Traces the network, or scripts it where the trace is not the network; writes it, reads it again, and returns the
    largest difference of the outputs and their shape."""
    problems = []
    temporary = f"{path}.writing.{os.getpid()}"
    with torch.no_grad():
        for way in (traced, scripted):
            generator = torch.Generator().manual_seed(0)
            try:
                way(network, side, generator).save(temporary)
                worst, shape = difference(network, torch.jit.load(temporary, map_location="cpu"), side, generator)
                if worst <= 1e-4:  # not a number fails as well
                    os.replace(temporary, path)
                    return worst, shape
                problems.append(f"the {way.__name__} network differs from the original by {worst:g} of the largest output")
            except OSError:
                raise
            except Exception as error:  # of the network's own code too
                lines = [line for line in str(error).splitlines() if line.strip()]
                problems.append(f"it cannot be {way.__name__}: {lines[0] if lines else type(error).__name__}")
            finally:
                if os.path.exists(temporary):
                    os.remove(temporary)
    raise RuntimeError("; ".join(problems))


def architecture_of(arguments):
    """Name and architecture that the command line asks for, and the paths of checkpoint and output."""
    if arguments.arch and arguments.module:
        raise Refusal("--arch and --module exclude each other")
    named = arguments.arch or arguments.module
    if len(arguments.paths) != (2 if named else 3):
        raise Refusal("give ARCHITECTURE CHECKPOINT OUTPUT, or --arch or --module with CHECKPOINT OUTPUT")
    if arguments.classes is not None and not arguments.module:
        raise Refusal("--classes is for --module; other networks have as many as the checkpoint")
    if arguments.module:
        return arguments.module, module_of(arguments.module, arguments.classes), *arguments.paths
    if not named and arguments.paths[0] not in ARCHITECTURES:
        raise Refusal(f"{arguments.paths[0]}: no architecture of {', '.join(sorted(ARCHITECTURES))}; "
                      "--arch takes any classifier of torchvision")
    name = named or arguments.paths[0]
    return name, any_classifier(name), *arguments.paths[-2:]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     usage="%(prog)s [options] (ARCHITECTURE | --arch NAME | --module FILE:CLASS) "
                                           "CHECKPOINT OUTPUT")
    parser.add_argument("paths", nargs="+", metavar="ARCHITECTURE CHECKPOINT OUTPUT",
                        help="the architecture (" + ", ".join(sorted(ARCHITECTURES)) + "), the .pth or .pth.tar file, "
                             "and the TorchScript file to write")
    parser.add_argument("--arch", metavar="NAME", help="a classifier of the installed torchvision")
    parser.add_argument("--module", metavar="FILE:CLASS", help="a network of a Python file, which is run")
    parser.add_argument("--classes", type=int, metavar="N", help="with --module: call CLASS(num_classes=N)")
    parser.add_argument("--size", type=int, default=224, help="side of the images that the network will get [224]")
    parser.add_argument("--overwrite", action="store_true", help="replace an output that exists")
    parser.add_argument("--trust", action="store_true", help="read other Python objects of the checkpoint as well")
    arguments = parser.parse_args()
    output = arguments.paths[-1]
    try:
        name, architecture, checkpoint, output = architecture_of(arguments)
        if os.path.exists(output) and not arguments.overwrite:
            raise Refusal(f"{output}: the output exists; move it away or give --overwrite")
        if arguments.size < 32:
            raise Refusal("--size must be at least 32")
        network = build_network(checkpoint, name, architecture, arguments.trust)
        worst, shape = export(network, arguments.size, output)
    except Refusal as refusal:
        print(f"export_torchscript: error: {refusal}", file=sys.stderr)
        return 2
    except (RuntimeError, OSError) as error:
        print(f"export_torchscript: error: {output}: {error}", file=sys.stderr)
        return 1
    print(f"{output}: {name}, [N,3,{arguments.size},{arguments.size}] -> "
          f"[N,{','.join(map(str, shape))}], differs from the original by {worst:.1g} of the largest output")
    return 0


if __name__ == "__main__":
    sys.exit(main())
