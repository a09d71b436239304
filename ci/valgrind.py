#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the tests under Valgrind: no error, no leaked block, no descriptor left.

Valgrind 3.19 reports the descriptors that are open at exit but cannot fail for
them, so its report is read here. Only those that it says were inherited may
remain beside the three standard ones.
"""
import pathlib
import re
import subprocess
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


def complaint(logs, pid):
    """What the reports of a run say that its exit status does not."""
    if pid not in logs:
        return "Valgrind left no report"
    # A child that a test forks ends with what its parent had open.
    descriptors = left_open(logs[pid])
    return f"{len(descriptors)} descriptors left open" if descriptors else ""


def reports(folder):
    return {path.name: path.read_text() for path in pathlib.Path(folder).iterdir()}


def check(command, timeout=TIMEOUT_SECONDS):
    """The outcome of a test program under Valgrind, children included."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = run_test.run(COMMAND + [f"--log-file={folder}/%p"] + command, timeout)
        logs = reports(folder)
    if outcome.passed:
        outcome.reason = complaint(logs, str(outcome.pid))
        outcome.passed = not outcome.reason
    outcome.output += "".join(logs.values())
    return outcome


def check_demo(server):
    """Whether the example server, talked to, ends with nothing left."""
    with tempfile.TemporaryDirectory() as folder:
        traced = COMMAND + [f"--log-file={folder}/%p", server]
        done = subprocess.run([sys.executable, "ci/demo.py", *traced], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        logs = reports(folder)
    wrong = [complaint(logs, pid) for pid in logs]
    good = done.returncode == 0 and wrong == [""]
    print(f"ok   {server}" if good else f"{done.stdout}{logs}\nFAIL {server}: {wrong}")
    return good


def main():
    layout.build("gcc", "programs", "examples")
    programs, tests, failed = run_test.programs("build/gcc"), 0, 0
    for name, path in programs:
        outcome = check([path])
        tests, failed = tests + outcome.tests, failed + (not outcome.passed)
        sys.stdout.write(outcome.output if not outcome.passed else "")
        sys.stdout.write(run_test.line(name, outcome))
    failed += not check_demo("build/gcc/docs/examples/hello_server")
    print(f"{len(programs)} test programs, {tests} tests, the example server, {failed} refused")
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    sys.exit(main())
