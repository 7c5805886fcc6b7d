#!/usr/bin/env python3
"""Compares the include lines of every module and program with what CMake links and with the table in CONTRIBUTING.md.

A module may include the headers of those modules alone that its semscope_module() names: EXPOSES for public headers, USES
besides for sources. Prints each line that breaks the rule and ends with 1. `--table` prints the table for CONTRIBUTING.md.
MPI is called in the modules comm and hdf5 alone; the others use comm::Communicator. Torch's headers are included in the
modules network, incremental and demo alone.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)
MPI_CALL = re.compile(r"\bMPI_[A-Z][a-z]\w*(?=\s*\()")
MAY_CALL_MPI = {"comm", "hdf5"}
TORCH_INCLUDE = re.compile(r"^#include <((?:torch|ATen|c10)/[^>]*)>", re.MULTILINE)
MAY_INCLUDE_TORCH = {"network", "incremental", "demo"}


def declarations(kind):
    """Name -> (exposed modules, modules used by sources alone) of each semscope_module or semscope_program."""
    found = {}
    for lists in ("src", "postprocess"):
        text = re.sub(r"#.*", "", (ROOT / lists / "CMakeLists.txt").read_text())
        for name, body in re.findall(rf"semscope_{kind}\((\S+)([^)]*)\)", text):
            sections = re.split(r"\b(SOURCES|EXPOSES|USES|LIBRARIES|PRIVATE_LIBRARIES|TORCH_SOURCES)\b", body)
            values = dict(zip(sections[1::2], (section.split() for section in sections[2::2])))
            found[name] = (set(values.get("EXPOSES", [])), set(values.get("USES", [])), values.get("SOURCES", []) + values.get("TORCH_SOURCES", []), lists)
    return found


def table(modules):
    rows = ["| module | may use |", "|---|---|"]
    rows += [f"| {name} | {', '.join(sorted(exposed | used)) or '-'} |" for name, (exposed, used, *_) in modules.items()]
    return "\n".join(rows)


def included_modules(path):
    return {name.split("/")[1] for name in INCLUDE.findall(path.read_text()) if name.startswith("semscope/")}


def check_module(name, exposed, used):
    public = ROOT / "include/semscope" / name
    for path in sorted([*public.glob("*"), *(ROOT / "src" / name).glob("*.[ch]pp")]):
        allowed = exposed | {name} | (set() if path.parent == public else used)
        for other in sorted(included_modules(path) - allowed):
            yield f"{path.relative_to(ROOT)}: includes a header of {other}; {name} may use {', '.join(sorted(allowed))}"
        for header in INCLUDE.findall(path.read_text()):
            if not header.startswith("semscope/") and "/" in header:
                yield f"{path.relative_to(ROOT)}: includes the private header {header} of another module"
        yield from check_own_header(path, name, public)


def check_own_header(path, name, public):
    """A source includes its own header first, so that every header is compiled alone."""
    if path.suffix != ".cpp":
        return
    own = f"semscope/{name}/{path.stem}.hpp" if (public / f"{path.stem}.hpp").exists() else f"{path.stem}.hpp"
    exists = (public / f"{path.stem}.hpp").exists() or path.with_suffix(".hpp").exists()
    first = INCLUDE.search(path.read_text())
    if exists and (not first or first.group(1) != own):
        yield f"{path.relative_to(ROOT)}: the first include must be its own header, {own}"


def check_mpi_calls():
    """Waits for other ranks happen where the watchdog sees them: inside Communicator."""
    for folder in ("include/semscope", "src", "postprocess"):
        for path in sorted((ROOT / folder).rglob("*.[ch]pp")):
            if path.parent.name not in MAY_CALL_MPI:
                for call in MPI_CALL.findall(re.sub(r"//.*", "", path.read_text())):
                    yield f"{path.relative_to(ROOT)}: calls {call}; only {' and '.join(sorted(MAY_CALL_MPI))} may call MPI"


def check_torch_includes():
    for folder in ("include/semscope", "src", "postprocess"):
        for path in sorted((ROOT / folder).rglob("*.[ch]pp")):
            if path.parent.name not in MAY_INCLUDE_TORCH:
                for header in TORCH_INCLUDE.findall(path.read_text()):
                    yield (f"{path.relative_to(ROOT)}: includes <{header}>; only {', '.join(sorted(MAY_INCLUDE_TORCH))} may "
                           "include Torch")


def main():
    modules = declarations("module")
    if sys.argv[1:] == ["--table"]:
        print(table(modules))
        return 0
    problems = [p for name, (exposed, used, *_) in modules.items() for p in check_module(name, exposed, used)]
    for program, (_, used, sources, folder) in declarations("program").items():
        for source in sources:
            path = ROOT / folder / source
            problems += [f"{path.relative_to(ROOT)}: includes a header of {other}; {program} may use {', '.join(sorted(used))}"
                         for other in sorted(included_modules(path) - used)]
    problems += check_mpi_calls()
    problems += check_torch_includes()
    if table(modules) not in (ROOT / "CONTRIBUTING.md").read_text():
        problems.append("CONTRIBUTING.md: the table of modules is not that of `python3 tests/check_modules.py --table`")
    print("\n".join(problems) or f"check_modules: {len(modules)} modules use what they may")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
