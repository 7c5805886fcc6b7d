#!/usr/bin/env python3
"""Turns a PyTorch checkpoint into a file that semscope reads, and checks that both give the same output.

  export_network.py resnet18 RGB_ResNet18_Places.pth.tar resnet18_places365.ts
  export_network.py --arch convnext_tiny weights.pth network.ts             any classifier of the installed torchvision
  export_network.py --module model.py:Net weights.pth network.ts            a class or function of a file of yours
  export_network.py --format pt2 --batch 32 resnet18 weights.pth network.pt2    compiled ahead of time, for batches of 32

The file is TorchScript, or with --format pt2 an AOTInductor package: machine code for one kind of device and CPU, one
precision and one size of photos, and for the versions of PyTorch near this one. Packages need PyTorch 2.7 or later, a C++
compiler, and for --device cuda a GPU.

Reads .pth and .pth.tar, legacy and zip format, also of Python 2; a bare state dictionary, one under 'state_dict',
'model' or 'model_state_dict', or a whole network; names with or without the 'module.' of data-parallel training, in front
or within. A ResNet may have torchvision's layer names or those of the semantic-aware scene recognition code (in_block,
encoder1 .. encoder4, fc), a DenseNet those of torchvision before 0.3 (norm.1, conv.1).

Only weights are read from a checkpoint. Old ones and whole networks hold other Python objects too and can run code of
their author when these are read: --trust allows it, for files that you trust. --module runs the file that it names.
Exit codes: 0 done; 1 the two networks disagree or writing failed; 2 wrong usage or input.
"""

import argparse
import os
import re
import struct
import sys
import warnings
import zipfile

import torch

from checkpoints import ARCHITECTURES, Refusal, any_classifier, build_network, module_of


def tensor_of(output):
    """As semscope takes it: the first tensor of a tuple or list, "logits" or "out" of a dictionary."""
    if torch.is_tensor(output):
        return output
    if isinstance(output, dict):
        return output["logits"] if "logits" in output else output["out"]
    return next(value for value in output if torch.is_tensor(value))


class Form:
    """What the file is made for: the arguments that say so."""

    def __init__(self, arguments):
        self.height, self.width = arguments.size
        self.batch = arguments.batch    # None = any
        self.device = arguments.device
        self.type = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[arguments.precision]
        # Largest difference of an output from the original's, relative to the largest output.
        self.tolerance = 1e-4 if self.type == torch.float32 else 5e-2
        # As semscope lays photos out in memory.
        last = self.device == "cpu" or self.type != torch.float32
        self.layout = torch.channels_last if last else torch.contiguous_format

    def images(self, photos, generator):
        values = torch.randn(photos, 3, self.height, self.width, generator=generator)
        return values.to(self.device, self.type)

    def describe(self):
        return f"[{self.batch or 'N'},3,{self.height},{self.width}]"


class Script:
    """TorchScript: the network traced, or scripted where the trace is not the network."""

    def __init__(self, way):
        self.way = way
        self.name = way.__name__

    def write(self, network, form, generator, path):
        self.way(network, form, generator).save(path)

    def read(self, path):
        return torch.jit.load(path, map_location="cpu")

    def batches(self, form, _path):
        return (form.batch,) if form.batch else (1, 3)  # that a trace has not seen


def traced(network, form, generator):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the tracer, on what export() tries
        return torch.jit.trace(network, form.images(form.batch or 2, generator), check_trace=False)


def scripted(network, _form, _generator):
    return torch.jit.script(network)


class Scores(torch.nn.Module):
    """Of what a network gives, only the tensor that semscope takes."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, images):
        return tensor_of(self.network(images))


def without_executable_stack(library):
    """A shared library (ELF, 64 bits, little-endian) that asks for no executable stack. PyTorch puts the weights in by an
    assembler file that does not say that it needs none, and glibc from 2.41 on then refuses to load the library."""
    code = bytearray(library)
    if code[:6] != b"\x7fELF\x02\x01":
        return library
    (table,), (length, count) = struct.unpack_from("<Q", code, 32), struct.unpack_from("<HH", code, 54)
    for header in range(table, table + length * count, length):
        kind, flags = struct.unpack_from("<II", code, header)
        if kind == 0x6474e551:  # PT_GNU_STACK
            struct.pack_into("<I", code, header + 4, flags & ~1)
    return bytes(code)


def mend_package(path, name):
    """Writes the files of a package again: libraries without executable stack, in a folder of this name."""
    with zipfile.ZipFile(path) as package:
        files = {each.split("/", 1)[1]: package.read(each) for each in package.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as package:
        for each, content in files.items():
            package.writestr(f"{name}/{each}", without_executable_stack(content) if each.endswith(".so") else content)


class Package:
    """An AOTInductor package."""

    name = "compiled"
    # Compilers choose other kernels for convolutions of 1x1 pixels from this size of batch on, and the package then takes
    # no smaller ones.
    any_batch = 16

    def write(self, network, form, generator, path):
        images = form.images(form.batch or self.any_batch, generator).contiguous(memory_format=form.layout)
        dynamic = None if form.batch else ({0: torch.export.Dim.DYNAMIC},)
        # Threads: as many as the program has. Frozen: the weights as the CPU's convolutions want them.
        options = {"cpp.dynamic_threads": True, "freezing": form.device == "cpu"}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program = torch.export.export(Scores(network), (images,), dynamic_shapes=dynamic)
            torch._inductor.aoti_compile_and_package(program, package_path=path, inductor_configs=options)
        mend_package(path, os.path.basename(path).split(".")[0])

    def read(self, path):
        os.environ["AOTI_RUNTIME_CHECK_INPUTS"] = "1"  # as semscope does
        return torch._inductor.aoti_load_package(path)

    def range_of(self, path):
        """The least and the largest batch that the package takes; None = no limit."""
        with zipfile.ZipFile(path) as package:
            code = "".join(package.read(name).decode() for name in package.namelist() if name.endswith("wrapper.cpp"))
        limits = []
        for sign in (r"too small at 0, .{1,40}?>= (\d+)", r"too large at 0, .{1,40}?<= (\d+)"):
            found = re.search(sign, code, re.DOTALL)
            limits.append(int(found.group(1)) if found else None)
        return limits

    def batches(self, form, path):
        if form.batch:
            return (form.batch,)
        least, most = self.range_of(path)
        return (self.any_batch, min(self.any_batch + 3, most or sys.maxsize), least or 1)


def require_packages(arguments):
    """Whether this PyTorch can make what is asked for."""
    version = tuple(int(number) for number in re.findall(r"\d+", torch.__version__)[:2])
    if version < (2, 7):
        raise Refusal(f"--format pt2 needs PyTorch 2.7 or later, and this is {torch.__version__}; export TorchScript, or run "
                      "this with the python of another PyTorch")
    if arguments.device == "cuda" and not torch.cuda.is_available():
        raise Refusal("--device cuda: PyTorch sees no GPU here; run this where semscope will run")


def difference(network, other, form, batches, generator):
    """The largest difference of the outputs, relative to the largest output, in batches of these sizes; and the shape of
    an output."""
    worst = 0.0
    for batch in batches:
        images = form.images(batch, generator).contiguous(memory_format=form.layout)
        # As semscope runs TorchScript. The optimiser compiles a large network for minutes (LibTorch 2.6 of Debian 13).
        with torch.jit.optimized_execution(False):
            expected, got = tensor_of(network(images)).float(), tensor_of(other(images)).float()
        if got.shape != expected.shape:
            return float("inf"), []
        scale = float(expected.abs().max()) or 1.0
        each = float((got - expected).abs().max()) / scale
        worst = worst if each <= worst else each  # what is not a number stays
    return worst, list(expected.shape[1:])


def export(network, form, ways, path):
    """Writes the network in the first of these ways whose file, read again, gives what the network gives. Returns the
    largest difference of the outputs and their shape."""
    problems = []
    temporary = f"{path}.writing.{os.getpid()}.pt2"  # AOTInductor takes no other suffix
    with torch.no_grad():
        network = network.to(form.device, form.type)
        for way in ways:
            generator = torch.Generator().manual_seed(0)
            try:
                way.write(network, form, generator, temporary)
                worst, shape = difference(network, way.read(temporary), form, way.batches(form, temporary), generator)
                if worst <= form.tolerance:  # not a number fails as well
                    os.replace(temporary, path)
                    return worst, shape
                problems.append(f"the {way.name} network differs from the original by {worst:g} of the largest output")
            except OSError:
                raise
            except Exception as error:  # of the network's own code too
                lines = [line for line in str(error).splitlines() if line.strip()]
                problems.append(f"it cannot be {way.name}: {lines[0] if lines else type(error).__name__}")
            finally:
                if os.path.exists(temporary):
                    os.remove(temporary)
    raise RuntimeError("; ".join(problems))


def size_of(text):
    """Height and width of SIDE or HEIGHTxWIDTH."""
    sides = [int(side) for side in text.split("x")]
    if len(sides) > 2:
        raise ValueError(text)
    return sides[0], sides[-1]


def batch_of(text):
    """None for "dynamic"."""
    return None if text == "dynamic" else int(text)


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
                             "and the file to write")
    parser.add_argument("--arch", metavar="NAME", help="a classifier of the installed torchvision")
    parser.add_argument("--module", metavar="FILE:CLASS", help="a network of a Python file, which is run")
    parser.add_argument("--classes", type=int, metavar="N", help="with --module: call CLASS(num_classes=N)")
    parser.add_argument("--size", type=size_of, default=(224, 224), metavar="SIDE|HEIGHTxWIDTH",
                        help="of the images that the network will get [224]")
    parser.add_argument("--format", choices=("torchscript", "pt2"), default="torchscript",
                        help="TorchScript, or an AOTInductor package [torchscript]")
    parser.add_argument("--batch", type=batch_of, metavar="N|dynamic",
                        help="size of all batches, which run.batch has to be; dynamic = any [dynamic]")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu",
                        help="with --format pt2: what the package is compiled for [cpu]")
    parser.add_argument("--precision", choices=("fp32", "bf16", "fp16"), default="fp32",
                        help="with --format pt2: what the package computes in, which run.precision has to be [fp32]")
    parser.add_argument("--overwrite", action="store_true", help="replace an output that exists")
    parser.add_argument("--trust", action="store_true", help="read other Python objects of the checkpoint as well")
    arguments = parser.parse_args()
    output = arguments.paths[-1]
    try:
        name, architecture, checkpoint, output = architecture_of(arguments)
        if os.path.exists(output) and not arguments.overwrite:
            raise Refusal(f"{output}: the output exists; move it away or give --overwrite")
        if min(arguments.size) < 32:
            raise Refusal("--size must be at least 32")
        if arguments.batch is not None and arguments.batch < 1:
            raise Refusal("--batch must be at least 1, or dynamic")
        package = arguments.format == "pt2"
        if package:
            require_packages(arguments)
        elif arguments.device != "cpu" or arguments.precision != "fp32":
            raise Refusal("--device and --precision are for --format pt2; TorchScript runs on any device, and "
                          "run.precision converts it")
        network = build_network(checkpoint, name, architecture, arguments.trust)
        form = Form(arguments)
        worst, shape = export(network, form, [Package()] if package else [Script(traced), Script(scripted)], output)
    except Refusal as refusal:
        print(f"export_network: error: {refusal}", file=sys.stderr)
        return 2
    except (RuntimeError, OSError) as error:
        print(f"export_network: error: {output}: {error}", file=sys.stderr)
        return 1
    least, most = Package().range_of(output) if package and not form.batch else (None, None)
    limits = f", N from {least or 1}" + (f" to {most}" if most else "") if least or most else ""
    print(f"{output}: {name}, {form.describe()} -> [{form.batch or 'N'},{','.join(map(str, shape))}]{limits}, "
          f"differs from the original by {worst:.1g} of the largest output")
    return 0


if __name__ == "__main__":
    sys.exit(main())
