#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the examples as processes and talks to them, to servers over the loopback.

  examples_test.py FOLDER [--under COMMAND...]

FOLDER has the programs. COMMAND, a tracer such as valgrind, is put before each
of them; left out are then the checks in which a program cannot start, and exits
as it stands, or has few descriptors, of which a tracer needs some of its own.
One line for each check, and a last one that counts them.
"""
import subprocess
import sys
import time

import chat_checks
import control_checks
import echo_checks
import hello_checks
import pipeline_checks
from talk import Refused, Server


MODULES = [hello_checks, chat_checks, control_checks, pipeline_checks,
           echo_checks]


def run(check, start, command, limit):
    """Whether the check passed, and its line."""
    begin, server = time.monotonic(), None
    name = f"{command[-1].rsplit('/', 1)[-1]} {check.__name__}"
    try:
        server = start(command, limit)
        note = check(server)
        if not server.over():
            server.stop()
        error = None
    except (Refused, OSError, ValueError, subprocess.TimeoutExpired) as refusal:
        error = refusal
    finally:
        if server is not None:
            server.kill()
    seconds = time.monotonic() - begin
    if error is not None:
        print(f"FAIL {name}: {error}", flush=True)
        return False
    print(f"ok   {name}: {note + ', ' if note else ''}{seconds:.2f} s", flush=True)
    return True


def main():
    folder, tracer = sys.argv[1], []
    if len(sys.argv) > 2:
        if sys.argv[2] != "--under":
            sys.exit(__doc__)
        tracer = sys.argv[3:]
    passed = []
    for module in MODULES:
        command = [*tracer, f"{folder}/{module.PROGRAM}"]
        start = getattr(module, "start", Server)
        passed += [run(check, start, command, None) for check in module.CHECKS]
        if not tracer:
            passed += [run(check, start, command, limit) for check, limit in module.UNTRACED]
    print(f"{len(passed)} checks of {len(MODULES)} examples, {passed.count(False)} refused")
    return 0 if passed and all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
