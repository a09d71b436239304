#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compiles what is shipped as strangers will.

  shipped.py header        vigil.h, alone, as C and C++; and each header of src/ alone
  shipped.py amalgamation  vigil.c beside vigil.h, and an example linked with it
"""
import pathlib
import subprocess
import sys
import tempfile

import layout

BUILD = "build/gcc"
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
LANGUAGES = [
    ("gcc", "c", "c11"), ("gcc", "c", "gnu17"), ("clang", "c", "c11"), ("clang", "c", "gnu17"),
    ("g++", "c++", "c++17"), ("g++", "c++", "c++20"),
    ("clang++", "c++", "c++17"), ("clang++", "c++", "c++20"),
]
# With and without the inline parts; with optimisation gcc looks into them.
HOW = [["-O0"], ["-O2"], ["-O0", "-DVIGIL_NO_INLINE"]]


def compiles(compiler, flags, text, language):
    """Whether `text` compiles without a warning; prints what was said if not."""
    with tempfile.NamedTemporaryFile("w", suffix=".c") as source:
        source.write(text)
        source.flush()
        command = [compiler, *STRICT, *flags, "-x", language, "-c", source.name, "-o", "/dev/null"]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        print(f"{' '.join(command)}\n{done.stderr}")
    return done.returncode == 0


def header_refused(folder):
    """The ways in which vigil.h of `folder` does not compile; twice in a row, as
    one program may include it."""
    text = '#include "vigil.h"\n#include "vigil.h"\nint main(void) { return VIGIL_OK; }\n'
    ways = [(compiler, [f"-std={standard}", f"-I{folder}", *how], language)
            for compiler, language, standard in LANGUAGES for how in HOW]
    refused = [way for way in ways if not compiles(way[0], way[1], text, way[2])]
    return len(ways), refused


def inner_headers():
    """Each header of src/ must stand alone."""
    found = [h for folder in layout.HEADERS for h in sorted(pathlib.Path(folder).glob("*.h"))]
    flags = ["-std=c11"] + [f"-I{folder}" for folder in layout.INCLUDE] + ["-D_GNU_SOURCE"]
    refused = [h for h in found if not compiles(
        "gcc", flags, f'#include "{h.relative_to("src")}"\ntypedef int something;\n', "c")]
    return len(found), refused


def header():
    ways, refused = header_refused(f"{BUILD}/include")
    alone, dependent = inner_headers()
    print(f"vigil.h in {ways} ways, {alone} inner headers alone, "
          f"{len(refused) + len(dependent)} refused")
    return not refused and not dependent


def amalgamation():
    folder = f"{BUILD}/include"
    text = pathlib.Path(folder, "vigil.c").read_text()
    ways = [(compiler, [f"-std={standard}", f"-I{folder}", optimise])
            for compiler in ("gcc", "clang") for standard in ("c11", "gnu17")
            for optimise in ("-O0", "-O2")]
    refused = [way for way in ways if not compiles(*way, text, "c")]
    with tempfile.TemporaryDirectory() as out:
        linked = [subprocess.run(
            [compiler, "-O2", f"-I{folder}", "docs/examples/hello_server.c", f"{folder}/vigil.c",
             "-o", f"{out}/hello_server"]).returncode == 0 for compiler in ("gcc", "clang")]
    print(f"vigil.c, {text.count(chr(10))} lines, in {len(ways)} ways, "
          f"example linked with it by {linked.count(True)} of {len(linked)} compilers")
    return not refused and all(linked)


def main():
    layout.build("gcc", "amalgamation")
    good = {"header": header, "amalgamation": amalgamation}[sys.argv[1]]()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
