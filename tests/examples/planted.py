#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Breaks copies of an example, one at a time, and sees that the check meant for it fails.

  planted.py INCLUDE LIBRARY WORK

INCLUDE has vigil.h, LIBRARY is libvigil.a, and what is built goes into WORK.
"""
import pathlib
import subprocess
import sys

import control_checks
import echo_checks
import examples_test
import pipeline_checks
import talk

FOLDER = pathlib.Path("docs/examples")
# What would wait for good is given up soon.
SECONDS = 2
# The module, the check that must fail, what stands in the example, and what is put there.
PLANTED = [
    (echo_checks, "sends_back_each_size",
     "        batch[i].length = batch[i].count;\n", ""),
    (echo_checks, "sends_back_each_size",
     "#define DATAGRAM_MAX 65535", "#define DATAGRAM_MAX 1472"),
    (echo_checks, "sends_back_to_each_in_order",
     "        batch[i].length = batch[i].count;\n",
     "        batch[i].length = batch[i].count;\n        batch[i].address.port ^= 1;\n"),
    (echo_checks, "takes_what_waits_at_once",
     "receive_batch(socket, batch, VIGIL_UDP_BATCH_MAX, &end)",
     "receive_batch(socket, batch, 1, &end)"),
    (echo_checks, "takes_what_waits_at_once",
     "#define ROUNDS_MAX 16", "#define ROUNDS_MAX 0"),
    (echo_checks, "sleeps_while_nothing_comes",
     "&events, VIGIL_FOREVER)", "&events, vigil_ms(0))"),
    (control_checks, "waits_for_a_slow_reader",
     "drop(&stream[i], data, said)", "drop(&stream[i], data, there)"),
    (control_checks, "serves_on_when_the_successor_ends",
     "return status == VIGIL_OK && count == 1;", "return status == VIGIL_OK;"),
    (control_checks, "begins_where_one_was_killed", "S_ISSOCK(file.st_mode)", "false"),
    (control_checks, "says_what_it_cannot_do", " && S_ISSOCK(file.st_mode)", ""),
    (control_checks, "removes_its_socket_when_it_ends",
     "    if (!replaced) {\n        unlink(path);\n    }\n", ""),
    (pipeline_checks, "passes_everything_on",
     "    require(vigil_pipe_sender_set_nonblocking(out, false), \"pipe\");\n", ""),
    (pipeline_checks, "joins_two_programs", "    vigil_pipe_sender_close(out);\n", ""),
    (pipeline_checks, "feeds_nobody_who_has_closed_his_input",
     "if (status == VIGIL_EPIPE) {", "if (false) {"),
    (pipeline_checks, "has_sigpipe_as_it_was", "signal(SIGCHLD, on_child);",
     "signal(SIGPIPE, SIG_IGN);\n    signal(SIGCHLD, on_child);"),
    (pipeline_checks, "reads_to_the_end_what_came_with_it",
     " && (count == sizeof text || to_the_end)", " && count == sizeof text"),
    (pipeline_checks, "leaves_no_zombie",
     "        reap(&children[0]);\n", "        children[0].process = 0;\n"),
    (pipeline_checks, "hears_of_the_end_of_each", "128 + code", "code"),
]


def built(number, module, old, new):
    """The program with `old` replaced by `new`."""
    source = (FOLDER / f"{module.PROGRAM}.c").read_text()
    if source.count(old) != 1:
        sys.exit(f"{module.PROGRAM}.c has {source.count(old)} places for {old!r}, not one")
    folder = WORK / str(number)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{module.PROGRAM}.c").write_text(source.replace(old, new))
    program = folder / module.PROGRAM
    subprocess.run(["gcc", "-O1", f"-I{INCLUDE}", folder / f"{module.PROGRAM}.c", LIBRARY,
                    "-pthread", "-o", program], check=True)
    return program


def caught(number, module, name, old, new):
    check = getattr(module, name)
    start = getattr(module, "start", talk.Server)
    return not examples_test.run(check, start, [str(built(number, module, old, new))], None)


if __name__ == "__main__":
    INCLUDE, LIBRARY, WORK = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    for module in (talk, *examples_test.MODULES):
        module.PATIENCE_SECONDS = SECONDS
    missed = [row[1] for number, row in enumerate(PLANTED) if not caught(number, *row)]
    print(f"{len(PLANTED) - len(missed)} of {len(PLANTED)} planted mistakes caught")
    sys.exit(1 if missed else 0)
