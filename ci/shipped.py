#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compiles what is shipped as strangers will.

  shipped.py header        vigil.h, alone, as C and C++; and each header of src/ alone
  shipped.py amalgamation  vigil.c beside vigil.h, and a program that has both
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


def contracts_parse(folder):
    """Whether the prover reads every contract of vigil.h: clients prove with it."""
    with tempfile.NamedTemporaryFile("w", suffix=".c") as source:
        source.write('#include "vigil.h"\n')
        source.flush()
        done = subprocess.run(
            ["frama-c", "-kernel-warn-key", "annot-error=abort", source.name,
             f"-cpp-extra-args=-I {folder} -DVIGIL_NO_INLINE -DVIGIL_API= -DVIGIL_CHECKED="],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        print(done.stdout)
    return done.returncode == 0


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
    parsed = contracts_parse(f"{BUILD}/include")
    print(f"vigil.h in {ways} ways and {'' if parsed else 'not '}by the prover, "
          f"{alone} inner headers alone, {len(refused) + len(dependent)} refused")
    return parsed and not refused and not dependent


def runs_with_source(compiler, folder):
    """Whether the consumer runs with the two files dropped beside it."""
    with tempfile.TemporaryDirectory() as out:
        program = f"{out}/consumer"
        command = [compiler, "-O2", f"-I{folder}", "tests/consumer/consumer.c",
                   f"{folder}/vigil.c", "-o", program]
        built = subprocess.run(command).returncode == 0
        return built and subprocess.run([program]).returncode == 0


def amalgamation():
    folder = f"{BUILD}/include"
    text = pathlib.Path(folder, "vigil.c").read_text()
    ways = [(compiler, [f"-std={standard}", f"-I{folder}", optimise])
            for compiler in ("gcc", "clang") for standard in ("c11", "gnu17")
            for optimise in ("-O0", "-O2")]
    refused = [way for way in ways if not compiles(*way, text, "c")]
    ran = [runs_with_source(compiler, folder) for compiler in ("gcc", "clang")]
    print(f"vigil.c, {text.count(chr(10))} lines, in {len(ways)} ways, "
          f"a program with it runs from {ran.count(True)} of {len(ran)} compilers")
    return not refused and all(ran)


def main():
    layout.build("gcc", "amalgamation")
    good = {"header": header, "amalgamation": amalgamation}[sys.argv[1]]()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
