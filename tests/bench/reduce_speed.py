"""Measures semscope-reduce against a plain sequential read of the same file, in the same run.

Makes the file when it is not there yet (50,000 images, 365 scenes, about 10 variants an image: 0.8 GB). Before every
reading the file's pages are dropped from the cache (posix_fadvise), unless --warm is given. Prints the rates of the
plain read, of reduce's reading stage (reading, checking, routing) and of the whole program.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
GENERATOR = os.path.join(HERE, "..", "system", "python", "make_occlusion_file.py")
REDUCE = os.path.join(HERE, "..", "..", "build", "release", "bin", "semscope-reduce")


def drop_cache(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


def read_plainly(path):
    buffer = bytearray(16 << 20)
    start = time.perf_counter()
    with open(path, "rb", buffering=0) as file:
        while file.readinto(buffer):
            pass
    return time.perf_counter() - start


def reduce(path, ranks, reduce_program, resamples):
    """Seconds of the reading stage and of the whole program."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["mpiexec", "-n", str(ranks), reduce_program, "--output.occlusion", path, "--output.statistics",
                   os.path.join(folder, "statistics.h5"), "--statistics.resamples", str(resamples),
                   "--statistics.permutations", str(resamples)]
        start = time.perf_counter()
        outcome = subprocess.run(command, capture_output=True, text=True, check=False)
        whole = time.perf_counter() - start
    if outcome.returncode != 0:
        sys.exit(outcome.stderr)
    return float(re.search(r"MB in ([0-9.]+) s", outcome.stderr).group(1)), whole


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--images", type=int, default=50000)
    parser.add_argument("--ranks", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--resamples", type=int, default=2000)
    parser.add_argument("--warm", action="store_true", help="leave the file in the cache")
    parser.add_argument("--program", default=REDUCE)
    args = parser.parse_args()
    if not os.path.exists(args.file):
        subprocess.run([sys.executable, GENERATOR, args.file, "--images", str(args.images), "--scenes", "365",
                        "--semantics", "151", "--variants", "10"], check=True)
    megabytes = os.path.getsize(args.file) / 1e6
    print(f"{megabytes:.0f} MB, {args.ranks} ranks, {'warm' if args.warm else 'cold'} cache")
    for _ in range(args.repeats):
        if not args.warm:
            drop_cache(args.file)
        plain = read_plainly(args.file)
        if not args.warm:
            drop_cache(args.file)
        stage, whole = reduce(args.file, args.ranks, args.program, args.resamples)
        print(f"plain read {megabytes / plain:.0f} MB/s; reading stage {megabytes / stage:.0f} MB/s, ratio "
              f"{plain / stage:.2f}; whole program {whole:.1f} s, {megabytes / whole:.0f} MB/s, "
              f"ratio {plain / whole:.2f}")


if __name__ == "__main__":
    main()
