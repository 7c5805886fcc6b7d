"""What network a PyTorch checkpoint holds: reads it and builds the network with its weights."""

import collections
import importlib.util
import inspect
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
    # Modules that changed ask for the version that wrote the weights, which plain tensors do not tell: names and shapes fit
    # this one.
    versioned = collections.OrderedDict(weights)
    versioned._metadata = wanted._metadata
    network.load_state_dict(versioned, strict=False)
    network.eval()
    return Dense(network).eval() if architecture.dense else network
