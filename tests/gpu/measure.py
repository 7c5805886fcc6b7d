#!/usr/bin/env python3
"""Measures the packed programs on one GPU: numbers against the CPU, reproducibility, faults, speed.

Every section runs by itself, prints one line of JSON, and may fail without harm to the others. --cpu tries the script
where there is no GPU, on small sizes. Exit code: 0 when every section that judges passed, else 1.
"""
import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
import traceback
from pathlib import Path

import torch

HERE = Path(__file__).resolve().parent
SECTIONS = []


class Failure(Exception):
    """A program did not do what it should; the message says which and what it said."""


def section(function):
    SECTIONS.append(function)
    return function


def program_environment():
    """The environment of the packed programs, which python itself must not run in."""
    script = f'. "{HERE}/environment.sh" && env -0'
    output = subprocess.run(["bash", "-c", script], env={**os.environ, "PYTHON": sys.executable},
                            check=True, capture_output=True).stdout
    pairs = [entry.split("=", 1) for entry in output.decode().split("\0") if "=" in entry]
    return dict(pairs)


class Machine:
    """What all sections share: sizes, files, and how programs are started."""

    def __init__(self, arguments):
        self.cpu = arguments.cpu
        self.device = "cpu" if self.cpu else "cuda"
        self.out = Path(arguments.out).resolve()
        self.deadline = time.monotonic() + arguments.seconds
        self.environment = program_environment()
        shutil.rmtree(self.out, ignore_errors=True)
        self.out.mkdir(parents=True)
        self.demo = HERE / "demo"
        self.scenes = len((self.demo / "categories_places365.txt").read_text().split("\n")) - 1
        self.batch = 8 if self.cpu else 128
        self.few = 2 if self.cpu else 24

    def left(self):
        return self.deadline - time.monotonic()

    def start(self, program, *options, ranks=1, **more):
        command = ["mpirun", "-n", str(ranks), program] if ranks else [program]
        environment = {**self.environment, **more.pop("environment", {})}
        return subprocess.Popen([*command, *map(str, options)], env=environment, cwd=self.out, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, **more)

    def run(self, program, *options, ranks=1, code=0, limit=120, **more):
        process = self.start(program, *options, ranks=ranks, **more)
        try:
            stdout, stderr = process.communicate(timeout=max(5, min(limit, self.left())))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            stdout, stderr = process.communicate()
            raise Failure(f"{program} took too long: {stderr[-600:]}") from None
        if code is not None and process.returncode != code:
            raise Failure(f"{program} {' '.join(map(str, options))}: exit code {process.returncode}: "
                          f"{(stdout + stderr)[-900:]}")
        process.said = stdout + stderr
        return process

    def options(self, network, output, device=None, batch=None, data="demo", precision="fp32", **more):
        """Command line of semscope-occlude for one of the networks that were made."""
        values = {"data.root": self.out / data, "model.path": self.out / f"{network}.ts", "output.occlusion": output,
                  "run.device": device or self.device, "run.batch": batch or self.batch, "run.precision": precision,
                  "output.overwrite": "true"}
        if self.cpu:  # oneDNN chooses its kernels by the number of threads, which is a share of the machine by default
            values["run.threads"] = 1
        values.update({key.replace("_", ".", 1).replace("_", "-"): value for key, value in more.items()})
        line = ["--config", self.demo / "demo.cfg"]
        for key, value in values.items():
            line += [f"--{key}", value]
        return line

    def occlude(self, network, name, ranks=1, **more):
        """Runs semscope-occlude and gives the path of its file."""
        output = self.out / f"{name}.h5"
        self.run("semscope-occlude", *self.options(network, output, **more), ranks=ranks)
        return output

    def digest(self, file):
        return self.run("semscope-inspect", "--file", file, "--digest", ranks=0).said.strip()

    def probabilities(self, file):
        """All rows, of images and of variants."""
        rows = []
        for dataset in ("/image/probability", "/variant/probability"):
            raw = self.out / "rows.bin"
            self.run("dataset_bytes", file, dataset, raw, ranks=0)
            rows.append(torch.frombuffer(bytearray(raw.read_bytes()), dtype=torch.float32).reshape(-1, self.scenes))
        return torch.cat(rows)

    def timing(self, file):
        return json.loads(file.with_suffix(".timing.json").read_text())


def difference(a, b):
    """Of probabilities, with what tells whether they are spread enough for a difference to show."""
    gap = (a - b).abs()
    return {"max": gap.max().item(), "mean": gap.mean().item(), "median_top1": a.max(1).values.median().item(),
            "same_top1": (a.argmax(1) == b.argmax(1)).float().mean().item()}


@section
def environment(machine):
    """Versions, and the files that the other sections need."""
    import torchvision

    libraries = machine.run("semscope-occlude", "--version", ranks=0).said.strip().split("\n")
    make_networks(torchvision, machine)
    make_photos(machine, "demo", machine.few)
    make_photos(machine, "many", 4 if machine.cpu else 500)
    result = {"libraries": libraries, "torch": torch.__version__, "cores": os.cpu_count()}
    if not machine.cpu:
        result["gpu"] = torch.cuda.get_device_name(0)
        result["smi"] = subprocess.run(
            ["nvidia-smi", "--query-gpu=name,driver_version,memory.total,compute_mode,uuid", "--format=csv,noheader"],
            capture_output=True, text=True, check=False).stdout.strip()
    return result


def make_networks(torchvision, machine):
    """Random weights, with scores of photos that are spread as those of a trained network are, so that differences show."""
    photos = example_photos(torchvision, machine)
    for name in ("squeezenet1_1", "resnet18", "resnet50"):
        torch.manual_seed(1)
        network = getattr(torchvision.models, name)(weights=None, num_classes=machine.scenes).eval()
        last = network.classifier[1] if name.startswith("squeeze") else network.fc
        with torch.no_grad():
            scores = network(photos)
            last.weight.mul_(2 / (scores - scores.mean(0)).std())
            if name.startswith("resnet"):
                last.bias.sub_(network(photos).mean(0))
        torch.jit.trace(network, photos[:2]).save(str(machine.out / f"{name}.ts"))


def example_photos(torchvision, machine):
    """Some photos of the demo as [N,3,224,224], normalised."""
    listed = (machine.demo / "val.txt").read_text().split("\n")[:-1]
    mean, std = (torch.tensor(values).view(3, 1, 1) for values in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
    try:
        read = [torchvision.io.read_image(str(machine.demo / name)) for name in listed[::8]]
    except RuntimeError:  # a torchvision without its JPEG library
        read = [torch.randint(0, 256, (3, 256, 256)) for _ in range(12)]
    return torch.stack([(photo[:, 16:240, 16:240] / 255 - mean) / std for photo in read])


def make_photos(machine, name, photos):
    """A data set of so many photos: those of the demo, again and again under other names."""
    root = machine.out / name
    listed = (machine.demo / "val.txt").read_text().split("\n")[:-1]
    listed = listed[::max(1, len(listed) // photos)] if photos < len(listed) else listed
    lines = []
    for i in range(photos):
        stem, ending = os.path.splitext(listed[i % len(listed)])
        copy = f"{stem}_{i // len(listed)}"
        for top, end in (("", ending), ("noisy_annotations_RGB/", ".png")):
            target = root / f"{top}{copy}{end}"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(machine.demo / f"{top}{stem}{end}", target)
        lines.append(f"{copy}{ending}\n")
    (root / "val.txt").write_text("".join(lines))
    for table in ("categories_places365.txt", "objectInfo150.txt"):
        shutil.copyfile(machine.demo / table, root / table)


@section
def unit_tests(machine):
    process = machine.run("unit_networks", "--gtest_brief=1", ranks=0, code=None)
    return {"passed": process.returncode == 0, "code": process.returncode, "said": process.said[-600:]}


@section
def gpu_against_cpu(machine):
    """fp32 without TF32: within 1e-4 of the CPU, whatever the fill."""
    result = {}
    cases = [("squeezenet1_1", "mean"), ("resnet18", "mean"), ("resnet50", "mean"), ("resnet18", "blur"),
             ("resnet18", "noise")]
    for network, fill in cases:
        files = [machine.occlude(network, f"{network}_{fill}_{device}", device=device, occlusion_fill=fill)
                 for device in ("cpu", machine.device)]
        result[f"{network} {fill}"] = difference(*map(machine.probabilities, files))
    result["passed"] = all(case["max"] < 1e-4 for case in result.values())
    return result


@section
def ranks(machine):
    """Bit for bit the same on 1, 2 and 4 ranks that share the GPU, and when run again."""
    result = {}
    for network in ("resnet18", "resnet50"):
        result[network] = [machine.digest(machine.occlude(network, f"ranks{i}", ranks=count))[:16]
                           for i, count in enumerate((1, 1, 2, 4))]
    result["passed"] = all(len(set(digests)) == 1 for digests in result.values())
    return result


def python_loop(machine, network, batch, precision):
    """Forwards per second of eager PyTorch on the same network, in the formats that are usual."""
    device = torch.device(machine.device)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    kind = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}[precision]
    result = {}
    for layout, benchmark in (("contiguous", False), ("channels_last", False), ("channels_last", True)):
        torch.backends.cudnn.benchmark = benchmark
        form = torch.contiguous_format if layout == "contiguous" else torch.channels_last
        module = torch.jit.load(str(machine.out / f"{network}.ts"), map_location=device).eval().to(kind)
        module = torch.jit.freeze(module)
        images = torch.randn(batch, 3, 224, 224, device=device).to(kind).contiguous(memory_format=form)
        wait = (lambda: None) if machine.cpu else torch.cuda.synchronize
        with torch.inference_mode():
            for _ in range(3):
                module(images)
            wait()
            count = 2 if machine.cpu else max(3, 4000 // batch)
            start = time.perf_counter()
            for _ in range(count):
                module(images)
            wait()
        result[layout + (" benchmark" if benchmark else "")] = round(count * batch / (time.perf_counter() - start), 1)
        del module, images
        if not machine.cpu:
            torch.cuda.empty_cache()
    return result


@section
def efficiency(machine):
    """The program's rate against a bare loop of the same forwards, and PyTorch's own loops beside it."""
    result = {}
    cases = [(network, batch, "fp32") for network in ("resnet18", "resnet50") for batch in (64, 256, 512)]
    cases += [("resnet18", 256, "fp16"), ("resnet50", 256, "fp16")]
    if machine.cpu:
        cases = [("resnet18", 8, "fp32")]
    for network, batch, precision in cases:
        name = f"{network} {batch} {precision}"
        if machine.left() < 45:
            result[name] = "no time left"
            continue
        try:
            figures = machine.out / "bench.json"
            options = machine.options(network, machine.out / "bench.h5", batch=batch, precision=precision, data="many")
            machine.run("semscope-bench", *options, "--bench.rounds", 2, "--bench.json", figures)
            bench = json.loads(figures.read_text())
            result[name] = {key: round(bench[key], 4) for key in
                            ("forwards", "start_seconds", "forwards_per_second", "efficiency", "efficiency_lowest_round",
                             "efficiency_both_with_start")}
            result[name]["bare_forwards_per_second"] = round(
                bench["forwards"] / statistics.median(bench["bare_seconds"]), 1)
            if not machine.cpu and batch == 256:
                result[name]["python"] = python_loop(machine, network, batch, precision)
        except Exception as error:  # the other sizes still count
            result[name] = str(error)[-600:]
    return result


@section
def batches(machine):
    """How far other batch sizes, and other orders of work, move the numbers; not judged, they are part of the digest."""
    result = {}
    for network, large in (("resnet18", (64, 128, 256)), ("resnet50", (256,))):
        sizes = (4, 8, 16) if machine.cpu else (16, *large)
        rows = {size: machine.probabilities(machine.occlude(network, f"batch{size}", batch=size)) for size in sizes}
        result[network] = {size: difference(rows[sizes[0]], rows[size]) for size in sizes[1:]}
    return result


@section
def cuda_graph(machine):
    """run.cuda-graph = on gives the same bits, and how fast it is; it never ran where this script was written."""
    if machine.cpu:
        return {"skipped": "there is no GPU"}
    result = {"passed": True}
    for network, batch in (("resnet18", 64), ("resnet18", 256), ("resnet50", 64)):
        digests, rates = [], {}
        for graph in ("off", "on"):
            more = {"batch": batch, "data": "many", "run_cuda_graph": graph}
            file = machine.occlude(network, f"graph_{graph}", **more)
            digests.append(machine.digest(file))
            rates[graph] = machine.timing(file)["forwards_per_second"]
        result[f"{network} {batch}"] = {"same": digests[0] == digests[1], "forwards_per_second": rates}
        result["passed"] = result["passed"] and digests[0] == digests[1]
    return result


@section
def incremental(machine):
    """run.incremental = on: near the whole forwards of the GPU, the same bits on 1 and 2 ranks, and forwards a second against
    a bare loop of whole ones; it never ran on a GPU where this script was written."""
    result = {"passed": True}
    for network in ("squeezenet1_1", "resnet18", "resnet50"):
        whole = machine.probabilities(machine.occlude(network, "whole"))
        files, said = [], ""
        for count in (1, 2):
            files.append(machine.out / f"incremental{count}.h5")
            options = machine.options(network, files[-1], run_incremental="on")
            said = machine.run("semscope-occlude", *options, ranks=count).said
        case = difference(whole, machine.probabilities(files[0]))
        case["same"] = len({machine.digest(file) for file in files}) == 1
        case["said"] = [line for line in said.split("\n") if "incremental" in line][:3]
        case["taken"] = any("operators of the network run incrementally" in line for line in case["said"])
        result[network] = case
        result["passed"] = result["passed"] and case["same"] and case["taken"] and case["max"] < 1e-4
    for network, batch in (("resnet18", 8),) if machine.cpu else (("resnet18", 256), ("resnet50", 256), ("resnet50", 64)):
        if machine.left() < 45:
            break
        figures = machine.out / "bench.json"
        options = machine.options(network, machine.out / "bench.h5", batch=batch, data="many", run_incremental="on")
        machine.run("semscope-bench", *options, "--bench.rounds", 2, "--bench.json", figures)
        bench = json.loads(figures.read_text())
        result[f"{network} {batch} speed"] = {key: round(bench[key], 4) for key in (
            "forwards", "forwards_per_second", "efficiency", "efficiency_of_inference", "flops_needed")}
    return result


def processes_of(output):
    """The launcher and the ranks that have this output, which no others have, on their command line."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if os.fsencode(output) in entry.read_bytes().split(b"\0"):
                found.append(int(entry.parent.name))
        except OSError:  # it has just ended
            pass
    return found


@section
def kill_and_resume(machine):
    """A run that is killed and resumed has the digest of an undisturbed one; so has one that SIGUSR1 to mpirun stops (75)."""
    data = "demo" if machine.cpu else "many"
    network = "resnet18"
    quiet = machine.digest(machine.occlude(network, "quiet", data=data))
    result = {"attempts": []}
    for number, kill in ((0, signal.SIGKILL), (1, signal.SIGUSR1)):
        output = machine.out / f"killed{number}.h5"
        options = machine.options(network, output, data=data, run_checkpoint=0.2, run_resume="true")
        options[options.index("--output.overwrite") + 1] = "false"
        process = machine.start("semscope-occlude", *options, ranks=2)
        end = time.monotonic() + 40
        while not output.exists() and process.poll() is None and time.monotonic() < end:
            time.sleep(0.02)
        time.sleep(0.6)
        running = process.poll() is None
        if running:
            if kill == signal.SIGKILL:
                for pid in processes_of(output):  # the ranks are not in the launcher's process group
                    os.kill(pid, kill)
            else:
                process.send_signal(kill)
        process.communicate()
        time.sleep(2)
        machine.run("semscope-occlude", *options, "--run.break-lock", "true", ranks=2)
        result["attempts"].append({"signal": kill.name, "hit": running, "code": process.returncode,
                                   "same": machine.digest(output) == quiet})
    # The small run of --cpu may end before the signal comes.
    cut = machine.cpu or all(attempt["hit"] for attempt in result["attempts"]) and result["attempts"][1]["code"] == 75
    result["passed"] = cut and all(attempt["same"] for attempt in result["attempts"])
    return result


@section
def out_of_memory(machine):
    """A batch that no memory holds: exit code 1, one message that names run.batch, no traceback."""
    if machine.cpu:
        return {"skipped": "needs a GPU"}
    result = {}
    for network, batch in (("resnet50", 65536), ("resnet50", 16384)):
        process = machine.run("semscope-occlude", *machine.options(network, machine.out / "large.h5", batch=batch),
                              code=None, limit=60)
        lines = [line for line in process.said.split("\n") if "memory" in line]
        result[str(batch)] = {"code": process.returncode, "lines": lines[:4], "said": process.said[-500:]}
    result["passed"] = any(case["code"] != 0 for case in result.values()) and all(
        case["code"] == 0 or any("run.batch" in line for line in case["lines"])
        for case in result.values())
    return result


@section
def half_precision(machine):
    result = {}
    for network in ("resnet18", "resnet50"):
        exact = machine.probabilities(machine.occlude(network, "fp32"))
        for precision in ("bf16",) if machine.cpu else ("fp16", "bf16"):
            rows = machine.probabilities(machine.occlude(network, precision, precision=precision))
            result[f"{network} {precision}"] = difference(exact, rows)
    return result


@section
def loaders(machine):
    """Photos and forwards per second by decode workers, and the share of the time that waits for photos."""
    result = {}
    for count in (1, 2) if machine.cpu else (1, 2, 4, 8, 14):
        file = machine.occlude("resnet18", f"loaders{count}", data="many", batch=None if machine.cpu else 256,
                               precision="fp32" if machine.cpu else "fp16", run_loaders=count)
        timing = machine.timing(file)
        result[count] = {key: timing[key] for key in
                         ("images_per_second", "forwards_per_second", "run_seconds", "wall_seconds", "phases")}
    return result


@section
def several_ranks_speed(machine):
    """Forwards per second of 1, 2 and 4 ranks that share the GPU."""
    result = {}
    for count in (1, 2, 4):
        if machine.left() < 30:
            break
        timing = machine.timing(machine.occlude("resnet18", f"shared{count}", ranks=count, data="many"))
        result[count] = {key: timing[key] for key in ("forwards_per_second", "imbalance", "run_seconds", "wall_seconds")}
    return result


@section
def visible_by_uuid(machine):
    """CUDA_VISIBLE_DEVICES with the GPU's UUID, and with nothing: the GPU, and a refusal."""
    if machine.cpu:
        return {"skipped": "needs a GPU"}
    uuid = subprocess.run(["nvidia-smi", "--query-gpu=uuid", "--format=csv,noheader"], capture_output=True, text=True,
                          check=True).stdout.split("\n")[0].strip()
    options = machine.options("resnet18", machine.out / "uuid.h5")
    named = machine.run("semscope-occlude", *options, environment={"CUDA_VISIBLE_DEVICES": uuid}, code=None)
    hidden = machine.run("semscope-occlude", *options, environment={"CUDA_VISIBLE_DEVICES": ""}, code=None)
    return {"passed": named.returncode == 0 and hidden.returncode == 2,
            "named": [line for line in named.said.split("\n") if "cuda:" in line][:2], "hidden": hidden.said[-300:]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cpu", action="store_true", help="small sizes, no GPU")
    parser.add_argument("--out", default="gpu-results", help="folder for everything (emptied first) [gpu-results]")
    parser.add_argument("--seconds", type=float, default=340, help="time for all; what does not fit is left out [340]")
    parser.add_argument("--only", help="sections, comma-separated; environment always runs")
    arguments = parser.parse_args()
    machine = Machine(arguments)
    results = {}
    for function in SECTIONS:
        name = function.__name__
        if arguments.only and name != "environment" and name not in arguments.only.split(","):
            continue
        start = time.monotonic()
        try:
            if machine.left() < 15:
                raise Failure("no time left")
            results[name] = function(machine)
        except Exception as error:  # the other sections still count
            traceback.print_exc()
            results[name] = {"passed": False, "error": str(error)[-1500:]}
        results[name]["seconds"] = round(time.monotonic() - start, 1)
        print(json.dumps({name: results[name]}), flush=True)
        (machine.out / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    for pattern in ("*.h5", "*.bin", "*.ts"):
        for file in machine.out.glob(pattern):
            file.unlink()
    for folder in ("demo", "many"):
        shutil.rmtree(machine.out / folder, ignore_errors=True)
    failed = [name for name, result in results.items() if result.get("passed") is False]
    print(json.dumps({"failed": failed}), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
