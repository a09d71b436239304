#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the checks of ci/test, two side by side.

A stage is a command: its exit status is the verdict, and the last line of its
output says what it covered. The log of a stage that fails is shown whole.
"""
import concurrent.futures
import pathlib
import subprocess
import sys
import threading
import time

PYTHON = sys.executable
SIDE_BY_SIDE = 2
STAGE_SECONDS_MAX = 3600
LOGS = pathlib.Path("build/logs")

# Nothing else can be trusted, or run, before these.
FIRST = [("setup", ["ci/setup"])]
# The long ones come first, so that no core is idle at the end.
STAGES = [
    ("prove", ["ci/prove"]),
    ("gcc", [PYTHON, "ci/variant.py", "gcc"]),
    ("asan", [PYTHON, "ci/variant.py", "asan"]),
    ("tsan", [PYTHON, "ci/variant.py", "tsan"]),
    ("valgrind", [PYTHON, "ci/valgrind.py"]),
    ("clang", [PYTHON, "ci/variant.py", "clang"]),
    ("debug", [PYTHON, "ci/variant.py", "debug"]),
    ("release", [PYTHON, "ci/variant.py", "release"]),
    ("release-lto", [PYTHON, "ci/variant.py", "release-lto"]),
    ("tidy", ["sh", "-c", "tests/tidy/tidy_test.py && tests/tidy/tidy.py"]),
    ("trusted", ["ci/prove", "--trusted"]),
    ("laws", [PYTHON, "ci/laws.py"]),
    ("reading", [PYTHON, "ci/reading.py"]),
    ("format", [PYTHON, "ci/lint.py", "format"]),
    ("clang-tidy", [PYTHON, "ci/lint.py", "clang-tidy"]),
    ("cppcheck", [PYTHON, "ci/lint.py", "cppcheck"]),
    ("header", [PYTHON, "ci/shipped.py", "header"]),
    ("amalgamation", [PYTHON, "ci/shipped.py", "amalgamation"]),
    ("symbols", [PYTHON, "ci/symbols.py"]),
    ("consumer", ["ci/consumer"]),
    ("demo", ["ci/demo"]),
    ("examples", ["ci/examples"]),
    ("syscalls", ["ci/syscalls"]),
    ("contracts", ["ci/contracts"]),
    ("protocols", ["ci/protocols"]),
    ("simulation", ["ci/simulation"]),
    ("faults", ["ci/faults"]),
    ("coverage", ["ci/coverage"]),
    ("fuzz", ["ci/campaign", "--all", "--minutes", "2"]),
    ("services", ["ci/services"]),
    ("fuzz-canaries", ["ci/campaign", "--canaries"]),
    ("canaries", [PYTHON, "ci/canaries.py"]),
    ("eva", ["ci/eva"]),
]
# What reads the logs of another stage waits for it, if that runs too.
AFTER = {"eva": "prove"}
DONE = {}


def run(stage):
    """Runs one stage, when its turn has come; whether it passed."""
    name = stage[0]
    if AFTER.get(name) in DONE:
        DONE[AFTER[name]].wait()
    try:
        return judge(stage)
    finally:
        if name in DONE:
            DONE[name].set()


def judge(stage):
    name, command = stage
    begin = time.monotonic()
    log = LOGS / f"{name}.log"
    with log.open("w") as out:
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out,
                                  stderr=subprocess.STDOUT, timeout=STAGE_SECONDS_MAX)
            reason = f"exit status {done.returncode}" if done.returncode else ""
        except (OSError, subprocess.TimeoutExpired) as error:
            reason = str(error)
    seconds = time.monotonic() - begin
    lines = log.read_text(errors="backslashreplace").splitlines()
    if not reason and not lines:
        reason = "says nothing of what it covered"
    if not reason:
        sys.stdout.write(f"ok   {name}: {lines[-1]}, {seconds:.1f} s\n")
    else:
        text = "".join(f"    {line}\n" for line in lines)
        sys.stdout.write(f"{text}FAIL {name}: {reason}, {seconds:.1f} s\n")
    sys.stdout.flush()
    return not reason


def chosen(names):
    known = {name for name, _ in FIRST + STAGES}
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"no stage {' '.join(unknown)}; there are {' '.join(sorted(known))}")
    return [stage for stage in STAGES if not names or stage[0] in names]


def main():
    stages = chosen(sys.argv[1:])
    LOGS.mkdir(parents=True, exist_ok=True)
    DONE.update({name: threading.Event() for name, _ in stages})
    passed = [run(stage) for stage in FIRST]
    if all(passed):
        with concurrent.futures.ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            passed += pool.map(run, stages)
    print(f"{passed.count(True)} passed, {passed.count(False)} failed")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
