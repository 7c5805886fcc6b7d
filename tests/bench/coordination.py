"""What coordination costs semscope-occlude, by the number of ranks: checkpoints with the null network.

Every rank sleeps where it would compute (run.simulate-forward-ms), so many more ranks than cores can run on one machine
without being in each other's way; what is left is what they do together: meetings, checkpoints, progress. Prints, for
each number of ranks, seconds per checkpoint (waiting for each other, writing, agreeing), its share of the default
interval of 60 s, and the forwards/s of a rank in relation to those of the first number of ranks. --images-per-rank
keeps the work of a rank (weak scaling), --images that of all (strong scaling). Options after -- go to semscope-occlude.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import many_images

HERE = os.path.dirname(os.path.abspath(__file__))
BIN = os.path.join(HERE, "..", "..", "build", "release", "bin")
INTERVAL = 60.0


def run(args, ranks, folder):
    output = os.path.join(folder, f"ranks{ranks}.h5")
    images = args.images or args.images_per_rank * ranks
    copies = many_images.write(args.data, images, os.path.join(folder, "copies"))
    command = ["mpiexec", "-n", str(ranks), os.path.join(BIN, "semscope-occlude"), "--config",
               os.path.join(args.data, "demo.cfg"), "--data.root", copies, "--model.path", "null",
               "--run.simulate-forward-ms", str(args.forward_ms), "--run.checkpoint", str(args.checkpoint),
               "--run.threads", "1", "--run.loaders", "1", "--preprocess.resize", "32", "--preprocess.crop", "32",
               "--run.batch", "8", "--output.occlusion", output, *args.options]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    if outcome.returncode != 0:
        sys.exit(outcome.stderr)
    with open(os.path.splitext(output)[0] + ".timing.json", encoding="utf-8") as file:
        return json.load(file)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", help="a demo set (semscope-make-demo)")
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2, 4, 8, 16, 32, 64])
    parser.add_argument("--images-per-rank", type=int, default=24)
    parser.add_argument("--images", type=int, help="of all ranks together")
    parser.add_argument("--forward-ms", type=float, default=50)
    parser.add_argument("--checkpoint", type=float, default=2, help="seconds between checkpoints while measuring")
    own = sys.argv[1:]
    own, options = (own[:own.index("--")], own[own.index("--") + 1:]) if "--" in own else (own, [])
    args = parser.parse_args(own, argparse.Namespace(options=options))
    print("ranks  checkpoints  write [s]  idle [s]  idle+write per checkpoint [s]  share of 60 s  imbalance  run [s]  "
          "forwards/s of a rank  in relation")
    first = None
    for ranks in args.ranks:
        with tempfile.TemporaryDirectory() as folder:
            timing = run(args, ranks, folder)
        phases = {phase["name"]: phase["mean_seconds"] for phase in timing["phases"]}
        each = (phases["write"] + phases["idle"]) / timing["checkpoints"]
        rate = timing["forwards_per_second"] / ranks
        first = first or rate
        print(f"{ranks:5d}{timing['checkpoints']:13d}{phases['write']:11.3f}{phases['idle']:10.3f}{each:27.4f}"
              f"{100 * each / INTERVAL:16.3f} %{timing['imbalance']:9.3f}{timing['run_seconds']:10.1f}{rate:22.1f}"
              f"{rate / first:12.3f}", flush=True)


if __name__ == "__main__":
    main()
