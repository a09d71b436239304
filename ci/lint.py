#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What reads the sources without running them.

  lint.py format|clang-tidy|cppcheck
"""
import pathlib
import subprocess
import sys

import layout

FORMATTED = ["src", "spec", "fuzz", "tests", "docs/examples"]
CPPCHECK = (
    "cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr "
    "--enable=warning,performance,portability"
).split()


def quiet(command):
    """Runs `command`; its output is shown only if it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        print(done.stdout)
    return done.returncode == 0


def format_check(files):
    return [file for file in files if not quiet(["clang-format", "--dry-run", "-Werror", file])]


def clang_tidy(files):
    return [file for file in files
            if not quiet(["clang-tidy", "--quiet", file, "--", *layout.flags(file)])]


def cppcheck(files):
    includes = [f"-I{folder}" for folder in layout.INCLUDE]
    defines = [f"-D{name}={value}" for name, value in layout.DEFINES.items()]
    common = CPPCHECK + includes + defines
    first = [f"--include={layout.ATOMICS}"]
    return [file for file in files
            if not quiet(common + (first if layout.atomics_first(file) else []) + [file])]


def files_for(tool):
    if tool == "format":
        found = [f for folder in FORMATTED for f in sorted(pathlib.Path(folder).rglob("*.[ch]"))]
    else:
        found = layout.sources() + sorted(pathlib.Path("docs/examples").glob("*.c"))
    return [str(file) for file in found]


TOOLS = {"format": format_check, "clang-tidy": clang_tidy, "cppcheck": cppcheck}


def main():
    tool = sys.argv[1]
    files = files_for(tool)
    refused = TOOLS[tool](files)
    if refused and tool == "format":
        print(f"to format them: clang-format -i {' '.join(refused)}")
    print(f"{len(files)} files, {len(refused)} refused")
    return 1 if refused or not files else 0


if __name__ == "__main__":
    sys.exit(main())
