"""Photos and label maps from archives against files: time of the index, photos/s of a run without network.

archives.py --bin build/release/bin DEMO FOLDER [--images N] [--members M]    DEMO: a set that semscope-make-demo made
"""
import argparse
import io
import json
import os
import subprocess
import tarfile
import time
import zipfile


def big_tar(path, members):
    """A tar of empty-looking members of 14 KB, of which only the headers take disk."""
    size = 14336
    with open(path, "wb") as file:
        for i in range(members):
            info = tarfile.TarInfo(f"places365_standard/train/scene{i % 365:03d}/{i:08d}.jpg")
            info.size = size
            file.write(info.tobuf(tarfile.USTAR_FORMAT))
            file.seek(size, os.SEEK_CUR)
        file.write(1024 * b"\0")


def make(demo, folder, images):
    """Copies of the demo's photos and label maps as files, as a tar, as 20 shards and as a zip; 20 photos a folder."""
    with open(os.path.join(demo, "val.txt"), encoding="utf-8") as file:
        paths = [line.split()[0] for line in file if line.strip()]
    for name in ("categories_places365.txt", "objectInfo150.txt"):
        with open(os.path.join(demo, name), "rb") as file, open(os.path.join(folder, name), "wb") as copy:
            copy.write(file.read())
    os.makedirs(os.path.join(folder, "shards"))
    shards = [tarfile.open(os.path.join(folder, "shards", f"{s:03d}.tar"), "w") for s in range(20)]
    with open(os.path.join(folder, "val.txt"), "w", encoding="utf-8") as listed, \
            tarfile.open(os.path.join(folder, "photos.tar"), "w") as tar, \
            zipfile.ZipFile(os.path.join(folder, "labels.zip"), "w") as packed:
        for i in range(images):
            stem, extension = os.path.splitext(paths[i % len(paths)])
            photo, label = f"{stem}-{i // len(paths)}{extension}", f"noisy_annotations_RGB/{stem}-{i // len(paths)}.png"
            for name, source in (photo, stem + extension), (label, f"noisy_annotations_RGB/{stem}.png"):
                with open(os.path.join(demo, source), "rb") as file:
                    data = file.read()
                os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(data)
                info = tarfile.TarInfo(name)
                info.size = len(data)
                shards[i % len(shards)].addfile(info, io.BytesIO(data))
                if name == photo:
                    tar.addfile(info, io.BytesIO(data))
                else:
                    packed.writestr(name, data)
            listed.write(photo + "\n")
    for shard in shards:
        shard.close()


def run(arguments, options):
    """Seconds of survey and of the run, and the file-system calls of a rank."""
    output = os.path.join(arguments.folder, "occlusion.h5")
    command = [os.path.join(arguments.bin, "semscope-occlude"), "--data.root", arguments.folder, "--model.path", "null",
               "--output.occlusion", output, "--output.overwrite", "--run.threads", "1", *options]
    best = None
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        seconds = time.perf_counter() - start
        with open(os.path.splitext(output)[0] + ".timing.json", encoding="utf-8") as file:
            timing = json.load(file)
        if best is None or seconds < best[0]:
            best = seconds, timing
    return best


def calls(arguments, options):
    """open, stat and pread calls of one run, by strace; nothing where that is missing."""
    command = ["strace", "-f", "-c", "-e", "trace=openat,open,newfstatat,stat,fstat,lseek", "-o",
               os.path.join(arguments.folder, "calls"), os.path.join(arguments.bin, "semscope-occlude"), "--data.root",
               arguments.folder, "--model.path", "null", "--output.occlusion", os.path.join(arguments.folder, "o.h5"),
               "--output.overwrite", "--run.threads", "1", *options]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        return None
    with open(os.path.join(arguments.folder, "calls"), encoding="utf-8") as file:
        return {words[-1]: int(words[3]) for words in map(str.split, file) if len(words) >= 5 and words[3].isdigit()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True)
    parser.add_argument("demo")
    parser.add_argument("folder")
    parser.add_argument("--images", type=int, default=5000)
    parser.add_argument("--members", type=int, default=200000)
    arguments = parser.parse_args()
    os.makedirs(arguments.folder)
    make(arguments.demo, arguments.folder, arguments.images)
    forms = {"files": [], "tar and zip": ["--data.archive", "photos.tar", "--labels.archive", "labels.zip"],
             "shards": ["--data.archive", "shards", "--labels.archive", "shards"]}
    for name, options in forms.items():
        seconds, timing = run(arguments, options)
        print(f"{name}: {arguments.images / seconds:.0f} photos/s over all ({seconds:.2f} s)")
        print(f"  phases: {json.dumps(timing.get('phases', timing))[:400]}")
        counted = calls(arguments, options)
        if counted:
            print("  calls a photo:", {call: round(count / arguments.images, 2) for call, count in counted.items()})
    big = os.path.join(arguments.folder, "big.tar")
    big_tar(big, arguments.members)
    start = time.perf_counter()
    answer = subprocess.run([os.path.join(arguments.bin, "semscope-occlude"), "--data.root", arguments.folder,
                             "--data.archive", "big.tar", "--data.limit", "1", "--model.path", "null", "--output.occlusion",
                             os.path.join(arguments.folder, "big.h5")], check=False, capture_output=True, text=True)
    print(f"index of {arguments.members} members: {time.perf_counter() - start:.2f} s with start-up;",
          [line for line in (answer.stdout + answer.stderr).splitlines() if "indexed" in line])


main()
