#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs one cmocka program and says in one line what came of it.

  run_test.py NAME COMMAND...

Its output is shown only when it fails. A program that runs no test fails.
"""
import dataclasses
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

TIMEOUT_SECONDS = 60
SANITIZER_OPTIONS = {
    "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1:detect_leaks=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "TSAN_OPTIONS": "second_deadlock_stack=1",
}


@dataclasses.dataclass
class Outcome:
    passed: bool
    tests: int
    skipped: int
    seconds: float
    output: str
    reason: str
    pid: int


def counted(label, output):
    """The sum of the counts that cmocka prints behind `label`."""
    found = re.findall(rf"^\[\s*{label}\s*\].*?(\d+) test\(s\)", output, re.M)
    return sum(map(int, found))


def run(command, timeout=TIMEOUT_SECONDS):
    """Runs `command` in a process group of its own, so that a test that hangs
    goes with everything it has started."""
    begin = time.monotonic()
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**SANITIZER_OPTIONS, **os.environ},
        start_new_session=True,
        text=True,
        errors="backslashreplace",
    )
    reason = ""
    try:
        output, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        reason = f"still running after {timeout} s"
    passed, skipped = counted("PASSED", output), counted("SKIPPED", output)
    if not reason and process.returncode != 0:
        reason = f"exit status {process.returncode}"
    if not reason and passed == 0:
        reason = "ran no test"
    seconds = time.monotonic() - begin
    return Outcome(not reason, passed, skipped, seconds, output, reason, process.pid)


def line(name, outcome):
    word = "ok  " if outcome.passed else "FAIL"
    skipped = f", {outcome.skipped} skipped" if outcome.skipped else ""
    reason = f": {outcome.reason}" if outcome.reason else ""
    return f"{word} {name}: {outcome.tests} tests{skipped}, {outcome.seconds:.2f} s{reason}\n"


def programs(root):
    """(name, path) of every test program under `root`, a build folder."""
    tests = pathlib.Path(root, "tests")
    found = sorted(tests.glob("unit/*_test")) + sorted(tests.glob("kernel/*_test"))
    return [(str(path.relative_to(tests)), str(path)) for path in found]


def main():
    name, *command = sys.argv[1:]
    outcome = run(command)
    text = line(name, outcome)
    if not outcome.passed:
        text = outcome.output + text
    sys.stdout.write(text)
    return 0 if outcome.passed else 1


if __name__ == "__main__":
    sys.exit(main())
