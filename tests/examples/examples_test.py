#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the example servers as processes and talks to them over the loopback.

  examples_test.py FOLDER [--under COMMAND...]

FOLDER has the programs. COMMAND, a tracer such as valgrind, is put before each
of them; left out are then the checks in which a program cannot start, and exits
as it stands, or has few descriptors, of which a tracer needs some of its own.
One line for each check, and a last one that counts them.
"""
import sys
import time

import chat_checks
import hello_checks
from talk import Refused, Server


def run(check, command, limit):
    """Whether the check passed, and its line."""
    begin, server = time.monotonic(), None
    name = f"{command[-1].rsplit('/', 1)[-1]} {check.__name__}"
    try:
        server = Server(command, limit)
        note = check(server)
        if not server.over():
            server.stop()
        error = None
    except (Refused, OSError, ValueError) as refusal:
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
    for module in (hello_checks, chat_checks):
        command = [*tracer, f"{folder}/{module.PROGRAM}"]
        passed += [run(check, command, None) for check in module.CHECKS]
        if not tracer:
            passed += [run(check, command, limit) for check, limit in module.UNTRACED]
    print(f"{len(passed)} checks of 2 examples, {passed.count(False)} refused")
    return 0 if passed and all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
