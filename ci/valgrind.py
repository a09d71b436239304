#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the tests under Valgrind: no error, no leaked block, no descriptor left.

Valgrind 3.19 reports the descriptors that are open at exit but cannot fail for
them, so its report is read here. Only those that it says were inherited may
remain beside the three standard ones.
"""
import pathlib
import re
import sys
import tempfile

import layout
import run_test

TIMEOUT_SECONDS = 600
COMMAND = (
    "valgrind --quiet --track-fds=yes --leak-check=full --show-leak-kinds=all "
    "--errors-for-leak-kinds=all --error-exitcode=99 --num-callers=20"
).split()
PREFIX = re.compile(r"^(==\d+==|\*\*\d+\*\*) ?", re.M)
OPEN = re.compile(r"^Open [^\n]*\n(?:^[ \t]+[^\n]*\n)*", re.M)


def left_open(log):
    """The descriptors of a Valgrind log that the program itself left open."""
    report = PREFIX.sub("", log)
    return [entry for entry in OPEN.findall(report) if "<inherited from parent>" not in entry]


def check(command, timeout=TIMEOUT_SECONDS):
    """The outcome of a test program under Valgrind, children included."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = run_test.run(COMMAND + [f"--log-file={folder}/%p"] + command, timeout)
        logs = {path.name: path.read_text() for path in pathlib.Path(folder).iterdir()}
    # A child that a test forks ends with what its parent had open.
    descriptors = left_open(logs.get(str(outcome.pid), ""))
    if str(outcome.pid) not in logs and outcome.passed:
        outcome.passed, outcome.reason = False, "left no report"
    if descriptors and outcome.passed:
        outcome.passed, outcome.reason = False, f"{len(descriptors)} descriptors left open"
    outcome.output += "".join(logs.values())
    return outcome


def main():
    layout.build("gcc", "programs")
    programs, tests, failed = run_test.programs("build/gcc"), 0, 0
    for name, path in programs:
        outcome = check([path])
        tests, failed = tests + outcome.tests, failed + (not outcome.passed)
        sys.stdout.write(outcome.output if not outcome.passed else "")
        sys.stdout.write(run_test.line(name, outcome))
    print(f"{len(programs)} test programs, {tests} tests, {failed} refused")
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    sys.exit(main())
