#!/usr/bin/env python3
"""CPU time of a forward of semscope-occlude, of the same network as TorchScript and as AOTInductor package.

  packages.py --bin build/torch-2.11.0/bin --data FOLDER NAME:SCRIPT.ts:PACKAGE.pt2[:BATCH] ...

FOLDER is a data set that semscope-make-demo or download_places365.sh made, or one with the same names of files (more options of
semscope-occlude after --). Runs of few and of many photos alternate between the two networks; the CPU time of all threads is
taken, which other work on the machine lengthens little, and the difference of the least times of a short and a long run
is that of the further forwards, without the start. BATCH is run.batch of the package where it is not that of TorchScript.
Prints a table and the largest difference of a probability.
"""
import argparse
import os
import resource
import subprocess
import sys
import tempfile

import h5py
import numpy as np


def run(arguments, network, batch, photos, output, more):
    """CPU seconds of a run, and its forwards with padding."""
    command = [os.path.join(arguments.bin, "semscope-occlude"), "--data.root", arguments.data, "--data.limit", str(photos),
               "--model.path", network, "--run.batch", str(batch), "--run.threads", "1", "--run.loaders", "1",
               "--output.occlusion", output, "--output.overwrite", *more]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = subprocess.run(command, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{result.stderr}")
    with h5py.File(output, "r") as file:
        rows = np.vstack([file["/image/probability"][:], file["/variant/probability"][:]])
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, -(-len(rows) // batch) * batch, rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="+", metavar="NAME:SCRIPT:PACKAGE[:BATCH]")
    parser.add_argument("--bin", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--photos", type=int, nargs=2, default=(2, 14), metavar=("FEW", "MANY"))
    parser.add_argument("--rounds", type=int, default=3)
    own, more = (sys.argv[1:], []) if "--" not in sys.argv else (
        sys.argv[1:sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1:])
    arguments = parser.parse_args(own)
    print("| network | TorchScript, ms | package, ms | TorchScript / package | largest difference in p |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for text in arguments.networks:
            name, script, package, *batch = text.split(":")
            ways = [(script, arguments.batch), (package, int(batch[0]) if batch else arguments.batch)]
            seconds, rows = {}, {}
            for _ in range(arguments.rounds):
                for way, (network, size) in enumerate(ways):
                    for photos in arguments.photos:
                        taken, forwards, rows[way] = run(arguments, network, size, photos,
                                                         os.path.join(folder, "occlusion.h5"), more)
                        least, _ = seconds.get((way, photos), (float("inf"), 0))
                        seconds[way, photos] = min(least, taken), forwards
            each = []
            for way in range(2):
                (short, few), (long, many) = (seconds[way, photos] for photos in arguments.photos)
                each.append(1000 * (long - short) / (many - few))
            print(f"| {name} | {each[0]:.1f} | {each[1]:.1f} | {each[0] / each[1]:.2f} | "
                  f"{np.abs(rows[0] - rows[1]).max():.1g} |", flush=True)


if __name__ == "__main__":
    main()
