#!/usr/bin/env python3
"""Networks as users bring them: what semscope-occlude does with each. Numbers are compared with those of the plain network, or
with what PyTorch makes of the very file.

Usage: network_cases.py BIN [CASES DATA BASE]

A small set of networks and photos is made here. CASES is a make_networks.py that makes more of them out of the network
BASE, which are tried on the photos of DATA (in the layout of Places365); each of its cases must have a row below.
Exit code 77 where PyTorch is not installed.
"""
import importlib.util
import os
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
    import torch
    from PIL import Image
except ImportError as error:
    print(f"SKIPPED: {error}")
    sys.exit(77)

torch.set_num_threads(1)
ITSELF = ["--preprocess.mean", "0,0,0", "--preprocess.std", "1,1,1"]
PROBABILITIES = ["--model.output", "probabilities"]
AUTO = ["--model.output", "auto"]
REFUSED = 2

same = lambda p: p                                     # what becomes of the probabilities of the plain network
own = "of the network itself"                           # compared with what PyTorch gives for the photo


def sharpened(factor):
    """Of `factor` times the logits."""
    def change(p):
        logits = np.log(np.maximum(p.astype(np.float64), 1e-300)) * factor
        e = np.exp(logits - logits.max(1, keepdims=True))
        return e / e.sum(1, keepdims=True)
    return change


# case, options, exit code, words of the output, numbers
TABLE = [
    ("softmax_inside", [], REFUSED, ["set model.output = probabilities"], None),
    ("softmax_inside", PROBABILITIES, 0, [], same),
    ("softmax_inside", AUTO, 0, ["the network gives probabilities"], same),
    ("softmax_in_eval", [], REFUSED, ["set model.output = probabilities"], None),
    ("softmax_in_eval", PROBABILITIES, 0, [], same),
    ("sigmoid", [], 0, ["warning", "sigmoid"], own),
    ("sigmoid", PROBABILITIES, REFUSED, ["do not sum to 1"], None),
    ("log_softmax", [], 0, ["log-probabilities"], same),
    ("log_softmax", AUTO, 0, ["the network gives log-probabilities"], same),
    ("log_softmax", PROBABILITIES, REFUSED, ["set model.output = log-probabilities"], None),
    ("plain", PROBABILITIES, REFUSED, ["set model.output = logits"], None),
    ("plain", AUTO, 0, ["the network gives logits"], same),
    ("tuple_none", [], 0, ["the first tensor of a tuple of 2"], same),
    ("tuple_two", [], 0, ["the first tensor of a tuple of 2"], same),
    ("list_out", [], 0, ["the first tensor of a list of 1"], same),
    ("dict_logits", [], 0, ['"logits" of a dictionary'], same),
    ("out_nchw", [], 0, [], same),
    ("out_squeeze", [], 0, [], same),
    ("out_squeeze", ["--run.batch", "1"], 0, [], same),
    ("f_dropout", [], REFUSED, ["other scores each time", "dropout"], None),
    ("traced_dropout", [], REFUSED, ["other scores each time", "dropout"], None),
    ("traced_train", [], REFUSED, ["evaluation mode"], None),
    ("noise_inside", [], REFUSED, ["other scores each time", "noise"], None),
    ("stateful", [], REFUSED, ["other scores each time", "state"], None),
    ("batch_centred", [], REFUSED, ["depend on the other photos of its batch"], None),
    ("softmax_dim0", [], REFUSED, ["depend on the other photos of its batch"], None),
    ("scripted_train", [], 0, [], own),
    ("half", [], 0, [], own),
    ("bf16_file", [], 0, [], own),
    ("out_double", [], 0, [], same),
    ("quant_static", [], 0, [], own),
    ("quant_dynamic", [], 0, [], own),
    ("lite", [], 0, [], own),
    ("resizes_inside", [], 0, [], same),
    ("int_buffer", [], 0, [], same),
    ("int_arith", [], 0, [], sharpened(3)),
    ("double_buffer", [], 0, [], same),
    ("view_flatten", [], 0, ["contiguous"], own),
    ("view_flatten_traced", [], 0, ["contiguous"], own),
    ("fixed_batch1", [], REFUSED, ["set run.batch = 1 "], None),
    ("fixed_batch1", ["--run.batch", "1"], 0, [], own),
    ("fixed_batch4", ["--run.batch", "8"], REFUSED, ["set run.batch = 4 "], None),
    ("fixed_batch4", ["--run.batch", "4"], 0, [], own),
    ("loop_traced_b1", [], REFUSED, ["set run.batch = 1 "], None),
    ("loop_traced_b1", ["--run.batch", "1"], 0, [], same),
    ("norm_inside", ITSELF, 0, ["occlusion.colour"], same),
    ("input_0_255", ITSELF + ["--preprocess.scale", "255"], 0, ["occlusion.colour"], same),
    ("input_0_255", ["--preprocess.scale", "255"], REFUSED, ["normalises its input itself"], None),
    ("input_bgr", ["--preprocess.channels", "bgr"], 0, [], same),
    ("input_nhwc", [], REFUSED, ["[N,H,W,3]", "x.permute(0, 2, 3, 1)"], None),
    ("cuda_to", [], REFUSED, ["GPU", "x.device"], None),
    ("cuda_const", [], REFUSED, ["GPU", "x.device"], None),
    ("custom_op", [], REFUSED, ["torchvision::nms", "LibTorch"], None),
    ("newer_op", [], REFUSED, ["scaled_dot_product_attention"], None),  # later ones know it, with other arguments
    ("two_inputs", [], REFUSED, ["net.ts"], None),
    ("one_logit", [], REFUSED, ["gives 1 scores"], None),
    ("state_dict", [], REFUSED, ["as TorchScript"], None),
    ("pickled", [], REFUSED, ["as TorchScript"], None),
    ("huge_logits", [], 0, [], own),
    ("tokens_flat", [], 0, [], own),
]


# The small set: one convolution network for 5 scenes, and what people wrap around it.
class Plain(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.features = torch.nn.Sequential(torch.nn.Conv2d(3, 16, 5, 4), torch.nn.ReLU(), torch.nn.Conv2d(16, 32, 3, 2))
        self.head = torch.nn.Linear(32, 5)

    def forward(self, x):
        return 4 * self.head(torch.relu(self.features(x)).mean([2, 3]))


WRAPPERS = {
    "plain": "return self.net(x)",
    "softmax_inside": "return torch.softmax(self.net(x), 1)",
    "log_softmax": "return torch.log_softmax(self.net(x), 1)",
    "sigmoid": "return torch.sigmoid(self.net(x))",
    "tuple_two": "return self.net(x), x",
    "list_out": "return [self.net(x)]",
    "dict_logits": "return {'logits': self.net(x)}",
    "out_nchw": "return self.net(x)[:, :, None, None]",
    "out_squeeze": "return self.net(x)[:, :, None, None].squeeze()",
    "f_dropout": "return torch.dropout(self.net(x), 0.5, True)",
    "noise_inside": "return self.net(x + 0.1 * torch.randn_like(x))",
    "batch_centred": "y = self.net(x)\n    return y - y.mean(0, keepdim=True)",
    "softmax_dim0": "return torch.softmax(self.net(x), 0)",
    "out_double": "return self.net(x).double()",
    "int_arith": "return self.net(x) * torch.div(torch.tensor(7), 2, rounding_mode='floor')",
    "norm_inside": "return self.net((x - torch.tensor([.485, .456, .406])[None, :, None, None])"
                   " / torch.tensor([.229, .224, .225])[None, :, None, None])",
    "input_0_255": "return self.net((x / 255 - torch.tensor([.485, .456, .406])[None, :, None, None])"
                   " / torch.tensor([.229, .224, .225])[None, :, None, None])",
    "input_bgr": "return self.net(x.flip(1))",
    "input_nhwc": "return self.net(x.permute(0, 3, 1, 2))",
    "one_logit": "return self.net(x)[:, :1]",
    "huge_logits": "return self.net(x) * 10000",
    "cuda_to": "return self.net(x.to(torch.device('cuda:0')))",
    "loop_traced_b1": "assert x.size(0) == 1\n    return self.net(x)",
    "stateful": "self.n += 1\n    return self.net(x) * (1 + self.n)",
}


def make_small_set(folder):
    """Networks in folder/cases/<case>/net.ts and two photos in folder/data."""
    torch.manual_seed(0)
    plain = Plain().eval()
    module = os.path.join(folder, "wrappers.py")  # torch.jit.script reads sources
    with open(module, "w") as file:
        file.write("import torch\n")
        for case, body in WRAPPERS.items():
            file.write(f"class {case}(torch.nn.Module):\n"
                       "  def __init__(self, net):\n    super().__init__()\n    self.net = net\n"
                       "    self.register_buffer('n', torch.zeros(1))\n"
                       f"  def forward(self, x):\n    {body}\n")
    spec = importlib.util.spec_from_file_location("wrappers", module)
    wrappers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(wrappers)
    for case in WRAPPERS:
        os.makedirs(os.path.join(folder, "cases", case))
        network = torch.jit.script(getattr(wrappers, case)(plain).eval())
        network.save(os.path.join(folder, "cases", case, "net.ts"))
    data = os.path.join(folder, "data")
    random = np.random.default_rng(1)
    for tree in ("val", "labels/val"):
        os.makedirs(os.path.join(data, tree, "scene_0"))
    names = []
    for i in range(2):
        names.append(f"val/scene_0/{i}.png")
        colours = random.integers(0, 256, (3, 3, 3), np.uint8)
        Image.fromarray(np.kron(colours, np.ones((40, 40, 1), np.uint8))).save(os.path.join(data, names[-1]))
        classes = random.integers(0, 3, (3, 3), np.uint8)
        Image.fromarray(np.kron(classes, np.ones((40, 40), np.uint8))).save(os.path.join(data, "labels", names[-1]))
    for name, lines in (("val.txt", names), ("categories_places365.txt", [f"/s/scene_{i} {i}" for i in range(5)]),
                        ("objectInfo.txt", ["Index\tName", "1\twall", "2\tfloor", "3\tbed"])):
        with open(os.path.join(data, name), "w") as file:
            file.write("\n".join(lines) + "\n")
    return os.path.join(folder, "cases"), data, os.path.join(folder, "cases", "plain", "net.ts")


class Runs:
    """Runs of semscope-occlude on one data set, and the numbers of the plain network."""

    def __init__(self, bin, data, base, folder, resize, crop):
        self.bin, self.data, self.folder = bin, data, folder
        self.resize, self.crop = resize, crop
        code, text, self.plain = self.occlude(base, [])
        assert code == 0, text

    def occlude(self, network, options):
        output = os.path.join(self.folder, "occlusion.h5")
        command = [os.path.join(self.bin, "semscope-occlude"), "--data.root", self.data, "--data.semantics",
                   "objectInfo.txt", "--labels.root", "labels", "--labels.channel", "gray", "--data.limit", "1",
                   "--run.batch", "2", "--run.threads", "1", "--run.loaders", "1", "--preprocess.resize",
                   str(self.resize), "--preprocess.crop", str(self.crop), "--model.path", network, "--output.occlusion", output,
                   "--output.overwrite", *options]
        # The last of an option that is given twice counts.
        result = subprocess.run(command, capture_output=True, text=True, timeout=300)
        numbers = None
        if result.returncode == 0:
            with h5py.File(output, "r") as file:
                numbers = np.vstack([file["/image/probability"][:], file["/variant/probability"][:]])
        return result.returncode, result.stdout + result.stderr, numbers

    def photo(self):
        """The first photo of the list as networks take it, by Pillow: [1,3,crop,crop]."""
        with open(os.path.join(self.data, "val.txt")) as file:
            image = Image.open(os.path.join(self.data, file.readline().split()[0])).convert("RGB")
        if self.resize:
            factor = self.resize / min(image.size)
            image = image.resize([round(factor * side) for side in image.size], Image.BILINEAR)
        left, top = (side // 2 - self.crop // 2 for side in image.size)
        colours = np.asarray(image.crop((left, top, left + self.crop, top + self.crop)), np.float64) / 255
        normalised = (colours - [.485, .456, .406]) / [.229, .224, .225]
        return torch.tensor(normalised.transpose(2, 0, 1)[None], dtype=torch.float32)

    def own_probabilities(self, network, options):
        """What PyTorch makes of the photo, in a batch of the size that semscope-occlude uses: [C]."""
        batch = int(options[options.index("--run.batch") + 1]) if "--run.batch" in options else 2
        loaded = torch.jit.load(network).eval()
        if any(parameter.dtype in (torch.float16, torch.bfloat16) for parameter in loaded.parameters()):
            loaded = loaded.float()
        with torch.no_grad():
            scores = loaded(self.photo().repeat(batch, 1, 1, 1))
        return scores[0].double().flatten().softmax(0).numpy()

    def problem(self, row, network):
        case, options, code, words, numbers = row
        got, text, result = self.occlude(network, options)
        if got != code:
            return f"exit code {got} instead of {code}: {text[:400].strip()}"
        missing = [word for word in words if word not in text]
        if missing:
            return f"{missing} is not in: {text[:800].strip()}"
        if code != 0:
            return ""
        if not (np.isfinite(result).all() and np.abs(result.sum(1) - 1).max() < 1e-3):
            return "its rows are no probabilities"
        if numbers is own:
            difference = float(np.abs(result[0] - self.own_probabilities(network, options)).max())
        else:
            difference = float(np.abs(result - numbers(self.plain)).max())
        return "" if difference < 1e-5 else f"probabilities differ by {difference:.3g}"


def try_all(runs, cases):
    """Prints a line for each row whose network is there; returns the number of rows that failed."""
    failed, tried = 0, set()
    for row in TABLE:
        network = os.path.join(cases, row[0], "net.ts")
        if not os.path.exists(network):
            continue
        tried.add(row[0])
        problem = runs.problem(row, network)
        failed += problem != ""
        print(f"{'FAILED' if problem else 'ok'}: {row[0]} {' '.join(row[1])} {problem}", flush=True)
    for case in sorted(set(os.listdir(cases)) - tried):
        print(f"FAILED: {case} has no row in the table")
        failed += 1
    return failed


def main():
    bin, more = sys.argv[1], sys.argv[2:]
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        cases, data, base = make_small_set(folder)
        failed += try_all(Runs(bin, data, base, folder, 0, 96), cases)
        if more:
            maker, data, base = more
            made = os.path.join(folder, "more")
            subprocess.run([sys.executable, maker, base, made], check=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
            for case in os.listdir(made):
                os.rename(os.path.join(made, case), os.path.join(made, case.removeprefix("net_")))
            failed += try_all(Runs(bin, data, base, folder, 256, 224), made)
    print(f"{failed} rows failed" if failed else "all checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
