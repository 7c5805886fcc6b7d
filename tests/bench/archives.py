"""Photos and label maps from archives against files: time of survey and run without network, calls of the file system, time of the index.

archives.py --bin build/release/bin DEMO FOLDER [--images N] [--side PIXELS] [--rounds R] [--members M]

DEMO: a set that semscope-make-demo made; its photos and label maps are taken again and again, at --side pixels where that is given.
FOLDER is made and can be removed afterwards. The forms take turns, R times. The ratio is of the medians of the processor's time
(user and system, all threads), which other work on the machine changes less than the clock; 1 = as fast as files.
"""
import argparse
import io
import json
import os
import resource
import statistics
import subprocess
import tarfile
import time
import zipfile

from PIL import Image

FORMS = {"files": [], "tar and zip": ["--data.archive", "photos.tar", "--labels.archive", "labels.zip"],
         "shards": ["--data.archive", "shards", "--labels.archive", "shards"]}
SHARDS = 20


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


def picture(path, side):
    """The bytes of a picture, at another size where one is asked for."""
    with open(path, "rb") as file:
        data = file.read()
    if not side:
        return data
    out = io.BytesIO()
    is_photo = path.endswith(".jpg")
    image = Image.open(io.BytesIO(data)).resize((side, side), Image.BOX if is_photo else Image.NEAREST)
    image.save(out, "JPEG" if is_photo else "PNG", quality=90)
    return out.getvalue()


def make(demo, folder, images, side):
    """Copies of the demo's photos and label maps as files, as a tar, as shards and as a zip."""
    with open(os.path.join(demo, "val.txt"), encoding="utf-8") as file:
        paths = [line.split()[0] for line in file if line.strip()]
    for name in ("categories_places365.txt", "objectInfo150.txt"):
        with open(os.path.join(demo, name), "rb") as file, open(os.path.join(folder, name), "wb") as copy:
            copy.write(file.read())
    pictures = [[picture(os.path.join(demo, name), side) for name in
                 (path, f"noisy_annotations_RGB/{os.path.splitext(path)[0]}.png")] for path in paths]
    os.makedirs(os.path.join(folder, "shards"))
    shards = [tarfile.open(os.path.join(folder, "shards", f"{s:03d}.tar"), "w") for s in range(SHARDS)]
    with open(os.path.join(folder, "val.txt"), "w", encoding="utf-8") as listed, \
            tarfile.open(os.path.join(folder, "photos.tar"), "w") as tar, \
            zipfile.ZipFile(os.path.join(folder, "labels.zip"), "w") as packed:
        for i in range(images):
            stem, extension = os.path.splitext(paths[i % len(paths)])
            photo, label = f"{stem}-{i // len(paths)}{extension}", f"noisy_annotations_RGB/{stem}-{i // len(paths)}.png"
            for name, data in zip((photo, label), pictures[i % len(paths)]):
                os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(data)
                info = tarfile.TarInfo(name)
                info.size = len(data)
                shards[i % SHARDS].addfile(info, io.BytesIO(data))
                if name == photo:
                    tar.addfile(info, io.BytesIO(data))
                else:
                    packed.writestr(name, data)
            listed.write(photo + "\n")
    for shard in shards:
        shard.close()


def command(arguments, options):
    small = ["--preprocess.resize", "0", "--preprocess.crop", str(arguments.side)] if arguments.side else []
    return [os.path.join(arguments.bin, "semscope-occlude"), "--data.root", arguments.folder, "--model.path", "null",
            "--output.occlusion", os.path.join(arguments.folder, "occlusion.h5"), "--output.overwrite", "--run.threads", "1",
            "--run.loaders", "1", *small, *options]


def spent(words):
    """Seconds of the processor and of the clock."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(words, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.perf_counter() - start


def compare(arguments):
    """Survey alone (--dry-run) and whole run of each form, in turns."""
    start_up = statistics.median(spent(command(arguments, ["--data.limit", "1"]))[0] for _ in range(3))
    print(f"start-up {start_up:.2f} s of the processor, taken off below")
    times = {(name, what): [] for name in FORMS for what in ("survey", "run")}
    for _ in range(arguments.rounds):
        for name, options in FORMS.items():
            for what, more in ("survey", ["--dry-run"]), ("run", []):
                times[name, what].append(spent(command(arguments, [*options, *more])))
                print(f"  {name}, {what}: {times[name, what][-1][0]:.2f} s of the processor, {times[name, what][-1][1]:.2f} s",
                      flush=True)
    for what in "survey", "run":
        files = statistics.median(cpu for cpu, _ in times["files", what]) - start_up
        for name in FORMS:
            cpu = statistics.median(cpu for cpu, _ in times[name, what]) - start_up
            clock = statistics.median(clock for _, clock in times[name, what])
            print(f"{what}, {name}: {arguments.images / cpu:.0f} photos/s of the processor, {arguments.images / clock:.0f} of the "
                  f"clock; ratio to files {files / cpu:.3f}")


def calls(arguments, options, photos):
    """Calls of one run for each photo, by strace; nothing where that is missing. The fixed ones of a start are taken off."""
    counts = []
    for limit in 1, 1 + photos:
        file = os.path.join(arguments.folder, "calls")
        try:
            subprocess.run(["strace", "-f", "-c", "-e", "trace=openat,open,newfstatat,stat,fstat,lseek,pread64,read", "-o", file,
                            *command(arguments, [*options, "--data.limit", str(limit)])], check=True, capture_output=True)
        except FileNotFoundError:
            return None
        with open(file, encoding="utf-8") as lines:
            counts.append({words[-1]: int(words[3]) for words in map(str.split, lines) if len(words) >= 5 and words[3].isdigit()})
    return {call: round((counts[1][call] - counts[0].get(call, 0)) / photos, 2) for call in counts[1] if call != "total"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("demo")
    parser.add_argument("folder")
    parser.add_argument("--images", type=int, default=5000)
    parser.add_argument("--side", type=int, default=0, help="pixels of the photos; 0 = as they are")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--members", type=int, default=200000)
    arguments = parser.parse_args()
    os.makedirs(arguments.folder)
    make(arguments.demo, arguments.folder, arguments.images, arguments.side)
    for name, options in FORMS.items():
        if options:
            answer = subprocess.run(command(arguments, [*options, "--data.limit", "1"]), check=True, capture_output=True, text=True)
            print(f"{name}:", [line for line in (answer.stdout + answer.stderr).splitlines() if "indexed" in line])
        counted = calls(arguments, options, min(1000, arguments.images - 1))
        if counted:
            print(f"{name}, calls a photo: {json.dumps(counted)}", flush=True)
    compare(arguments)
    big_tar(os.path.join(arguments.folder, "big.tar"), arguments.members)
    start = time.perf_counter()
    answer = subprocess.run(command(arguments, ["--data.archive", "big.tar", "--data.limit", "1"]), check=False,
                            capture_output=True, text=True)
    print(f"index of {arguments.members} members: {time.perf_counter() - start:.2f} s with start-up;",
          [line for line in (answer.stdout + answer.stderr).splitlines() if "indexed" in line])


main()
