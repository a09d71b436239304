#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Builds one variant and runs its tests; the last line counts them.

  variant.py VARIANT

tests/floor.json holds how many tests there have been: fewer is a failure, so
that no test goes missing unnoticed. One that is skipped counts as being there.
"""
import json
import pathlib
import re
import subprocess
import sys

FLOOR = pathlib.Path(__file__).resolve().parent.parent / "tests" / "floor.json"

TARGETS = ["lib", "examples", "amalgamation", "test"]
# The fuzz targets without a fuzzer, as programs that replay, are built where it costs least.
REPLAYED_IN = "gcc"


def main():
    variant = sys.argv[1]
    targets = TARGETS + (["fuzz"] if variant == REPLAYED_IN else [])
    build = subprocess.run(["scons", "-Q", "-k", f"variant={variant}", *targets],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    ran = re.findall(r"^(ok  |FAIL) \S+: (\d+) tests", build.stdout, re.M)
    programs, tests = len(ran), sum(int(count) for _, count in ran)
    skipped = sum(map(int, re.findall(r"^ok   .* (\d+) skipped", build.stdout, re.M)))
    floor = json.loads(FLOOR.read_text())["tests"]
    print(build.stdout, end="")
    if tests + skipped < floor:
        print(f"there have been {floor} tests, now there are {tests + skipped}")
        return 1
    print(f"{programs} test programs, {tests} tests" + (f", {skipped} skipped" if skipped else ""))
    return build.returncode


if __name__ == "__main__":
    sys.exit(main())
