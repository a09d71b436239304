#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Builds one variant and runs its tests; the last line counts them.

  variant.py VARIANT
"""
import re
import subprocess
import sys

TARGETS = ["lib", "examples", "amalgamation", "test"]


def main():
    variant = sys.argv[1]
    build = subprocess.run(["scons", "-Q", "-k", f"variant={variant}", *TARGETS],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    ran = re.findall(r"^(ok  |FAIL) \S+: (\d+) tests", build.stdout, re.M)
    programs, tests = len(ran), sum(int(count) for _, count in ran)
    skipped = sum(map(int, re.findall(r"^ok   .* (\d+) skipped", build.stdout, re.M)))
    print(build.stdout, end="")
    print(f"{programs} test programs, {tests} tests" + (f", {skipped} skipped" if skipped else ""))
    return build.returncode or (0 if tests else 1)


if __name__ == "__main__":
    sys.exit(main())
