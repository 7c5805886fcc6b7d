"""Whether the memory of a rank grows with the number of images: the peak of semscope-occlude at two lengths of list."""

import argparse
import os
import subprocess
import sys
import tempfile

import many_images

HERE = os.path.dirname(os.path.abspath(__file__))
BIN = os.path.join(HERE, "..", "..", "build", "release", "bin")


def peak(args, images, folder):
    """Peak resident MiB of the one rank. Run without mpiexec, so that it is this process's child."""
    command = [os.path.join(BIN, "semscope-occlude"), "--config", os.path.join(args.data, "demo.cfg"), "--data.root",
               os.path.join(folder, "copies"), "--data.limit", str(images), "--run.threads", "1", "--run.loaders", "1", "--output.occlusion",
               os.path.join(folder, f"{images}.h5")] + args.options
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(errors.decode())
    return usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", help="a demo set (semscope-make-demo)")
    parser.add_argument("--images", type=int, nargs=2, default=[100, 10000])
    parser.add_argument("options", nargs="*", help="further options of semscope-occlude, after --")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        many_images.write(args.data, max(args.images), os.path.join(folder, "copies"))
        few, many = (peak(args, images, folder) for images in args.images)
    each = (many - few) * 2**20 / (args.images[1] - args.images[0])
    print(f"{args.images[0]} images {few:.1f} MiB, {args.images[1]} images {many:.1f} MiB: "
          f"{100 * (many / few - 1):+.2f} %, {each:.0f} bytes an image")


if __name__ == "__main__":
    main()
