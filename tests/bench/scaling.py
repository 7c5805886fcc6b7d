"""How the forwards per second grow from 1 rank to several, for semscope-occlude and for the bare loop in the same run.

Runs semscope-bench on 1 rank and on several in turn and compares the medians: `program` is what the whole program gains,
`bare` what the machine allows. Options after -- go to semscope-bench.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BENCH = os.path.join(HERE, "..", "..", "build", "release", "bin", "semscope-bench")


def measure(ranks, options):
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "bench.json")
        command = ["mpiexec", "-n", str(ranks), BENCH, "--output.occlusion", os.path.join(folder, "bench.h5"),
                   "--run.threads", "1", "--bench.json", report] + options
        outcome = subprocess.run(command, capture_output=True, text=True, check=False)
        if outcome.returncode != 0:
            sys.exit(outcome.stderr)
        with open(report, encoding="utf-8") as file:
            return json.load(file)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("options", nargs="*")
    args = parser.parse_args()
    rates = {(kind, ranks): [] for kind in ("program", "bare") for ranks in (1, args.ranks)}
    for _ in range(args.turns):
        for ranks in (1, args.ranks):
            report = measure(ranks, args.options)
            for kind in ("program", "bare"):
                rates[kind, ranks] += [report["forwards"] / seconds for seconds in report[kind + "_seconds"]]
            print(f"{ranks} ranks: efficiency {report['efficiency']:.3f}, with start {report['efficiency_with_start']:.3f}",
                  flush=True)
    gain = {}
    for kind in ("program", "bare"):
        one, many = (statistics.median(rates[kind, ranks]) for ranks in (1, args.ranks))
        gain[kind] = many / one
        print(f"{kind}: {one:.1f} forwards/s on 1 rank, {many:.1f} on {args.ranks}: {gain[kind]:.3f} times")
    print(f"program / bare: {gain['program'] / gain['bare']:.3f}")


if __name__ == "__main__":
    main()
