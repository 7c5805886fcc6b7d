#!/usr/bin/env python3
"""Makes the table of classes (data.semantics) of a data set that publishes its names in a file of another kind.

  class_table.py index_ade20k.pkl ade20k_full.txt              ADE20K, full (3,688 classes)
  class_table.py nyu_depth_v2_labeled.mat nyuv2_894.txt        NYU Depth V2, 894 classes; needs h5py
  class_table.py config_v1.2.json vistas.txt                   Mapillary Vistas, 65 classes; config_v2.0.json: 123

What a file is shows in its content. Prints the options of semscope that fit the label maps of the set. --short takes the first
of several names ("wall" of "wall, partition"): shorter words in figures, and some classes with one name.
Exit codes: 0 done; 2 wrong usage or input.
"""
import argparse
import codecs
import json
import os
import pickle
import re
import sys


class Refusal(Exception):
    """Something is wrong with what the user gave; the message says what, where and what to do."""


class PlainData(pickle.Unpickler):
    """Reads lists, texts and arrays of NumPy; a pickle that asks for anything else could run code."""

    def find_class(self, module, name):
        if (module, name) == ("_codecs", "encode"):
            return codecs.encode
        if re.fullmatch(r"numpy(\._?core)?(\.multiarray|\.numeric)?", module) and name in (
                "_reconstruct", "ndarray", "dtype", "scalar", "_frombuffer"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"it asks for {module}.{name}, which is no plain data")


def of_ade20k(path):
    """The number in a label map is that of the name in the list, counted from 1."""
    with open(path, "rb") as file:
        index = PlainData(file).load()
    return [str(name) for name in index["objectnames"]], ["labels.encoding = ade20k-full", "labels.suffix = _seg.png"]


def of_nyu(path):
    """A MATLAB file of version 7.3: `names` refers to arrays of character codes."""
    import h5py

    with h5py.File(path, "r") as file:
        references = file["names"][()].ravel()
        names = ["".join(chr(int(code)) for code in file[reference][()].ravel()) for reference in references]
    return names, ["labels.channel = gray", "labels.offset = 0"]


def of_vistas(path):
    """The number in a label map is that of the label in the list, counted from 0; the last one means no class."""
    with open(path, encoding="utf-8") as file:
        names = [label["readable"] for label in json.load(file)["labels"]]
    options = ["labels.channel = gray", "labels.offset = 1"]
    if names[-1].lower() in ("unlabeled", "unlabelled"):
        options.append(f"labels.unlabelled = {len(names)}")
        names.pop()
    return names, options


def reader_of(path):
    try:
        with open(path, "rb") as file:
            start = file.read(1024)
    except OSError as error:
        raise Refusal(f"{path}: {error.strerror}") from error
    if start.startswith(b"\x80"):
        return of_ade20k
    if b"\x89HDF\r\n" in start or start.startswith(b"MATLAB 7.3"):
        return of_nyu
    if start.lstrip().startswith(b"{"):
        return of_vistas
    if start.startswith(b"MATLAB 5"):
        raise Refusal(f"{path}: an older MATLAB file; ADE20K of 2021 has its names in index_ade20k.pkl")
    raise Refusal(f"{path}: neither index_ade20k.pkl, nyu_depth_v2_labeled.mat nor a config_v*.json of Mapillary Vistas")


def names_of(path):
    """The names of classes 1, 2, ..., and the options that fit."""
    reader = reader_of(path)
    try:
        names, options = reader(path)
    except ImportError as error:
        raise Refusal(f"{path}: reading it needs {error.name} (Debian: python3-{error.name})") from error
    except (KeyError, TypeError, ValueError, IndexError, OSError, EOFError, AttributeError, pickle.UnpicklingError) as error:
        raise Refusal(f"{path}: has no names of classes where they are expected: {error}") from error
    wrong = [k + 1 for k, name in enumerate(names) if not name.strip() or any(ord(c) < 32 for c in name)]
    if not names or wrong:
        raise Refusal(f"{path}: has no name for class {wrong[0] if wrong else 1}")
    return [name.strip() for name in names], options


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", help="the file of the data set")
    parser.add_argument("table", help="the table to write")
    parser.add_argument("--short", action="store_true", help="the first of several names")
    parser.add_argument("--overwrite", action="store_true", help="replace a table that exists")
    arguments = parser.parse_args()
    try:
        if os.path.exists(arguments.table) and not arguments.overwrite:
            raise Refusal(f"{arguments.table}: exists; --overwrite replaces it")
        names, options = names_of(arguments.file)
        if arguments.short:
            names = [re.split(r"[,;]", name)[0].strip() for name in names]
        try:
            with open(arguments.table, "w", encoding="utf-8") as file:
                file.write("Idx\tName\n" + "".join(f"{k}\t{name}\n" for k, name in enumerate(names, 1)))
        except OSError as error:
            raise Refusal(f"{arguments.table}: {error.strerror}") from error
    except Refusal as refusal:
        print(f"class_table.py: error: {refusal}", file=sys.stderr)
        return 2
    print(f"{arguments.table}: {len(names)} classes; label maps: {', '.join(options)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
