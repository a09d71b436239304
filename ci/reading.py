#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""docs/READING_ACSL.md is true.

A block headed "c src/..." is quoted: its lines stand in that header, one after the
other, where "..." leaves some out. The program in the other block is proven by the
command in the document, and refused with the mistake that the document names.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import layout
from proof.run import PROVED, ROOT, WORK
from proof.tools import configure

DOCUMENT = pathlib.Path("docs/READING_ACSL.md")
BLOCK = re.compile(r"^```(\w*) ?(\S*)\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"\]\(([^)#:]+)\)")
SAID = re.compile(r"^\[wp\] Proved goals: .*$", re.M)
MISTAKE = ("text, size - 1,", "text, size,")
LEFT_OVER = 3
SECONDS_MAX = 300


def is_quoted(block, text):
    """Whether the pieces of `block` stand in `text`, whole lines, in this order."""
    at = 0
    for piece in block.split("...\n"):
        at = text.find("\n" + piece, at)
        if at < 0:
            return False
        at += len(piece)
    return True


def proven(command, name, text):
    """How many goals of the program `text` are proven, and of how many."""
    prefix = pathlib.Path("build/gcc").resolve()
    environment = dict(os.environ, WHY3CONFIG=str((WORK / "why3.conf").resolve()))
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, name).write_text(text)
        done = subprocess.run(["sh", "-c", command.replace("$HOME/vigil", str(prefix))],
                              cwd=folder, env=environment, timeout=SECONDS_MAX,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    found = PROVED.search(done.stdout)
    if found is None:
        sys.exit(f"{DOCUMENT}: no verdict\n{done.stdout}")
    return int(found[1]), int(found[2])


def check_program(blocks, text):
    """What is wrong with the program, its proof, and what the document says of it."""
    name, program = next((where, body) for language, where, body in blocks
                         if language == "c" and not where.startswith("src/"))
    command = next(body for language, _, body in blocks if language == "sh")
    layout.build("gcc", "amalgamation")
    configure()
    good, goals = proven(command, name, program)
    said = SAID.search(text)
    faults = [] if good == goals else [f"{name}: {good} of {goals} goals proven"]
    if said is None or PROVED.match(said[0]).groups() != (str(good), str(goals)):
        faults.append(f"{good} / {goals} goals, and not what is said")
    if program.count(MISTAKE[0]) != 1:
        return faults + [f"{name}: no place for the mistake"]
    good, goals = proven(command, name, program.replace(*MISTAKE))
    if goals - good != LEFT_OVER:
        faults.append(f"{name} with a mistake: {goals - good} goals left over")
    return faults


def main():
    os.chdir(ROOT)
    text = DOCUMENT.read_text()
    blocks = BLOCK.findall(text)
    quoted = [block for block in blocks if block[1].startswith("src/")]
    faults = [f"not in {path}: {body.splitlines()[0]}..." for _, path, body in quoted
              if not is_quoted(body, pathlib.Path(path).read_text())]
    for _, path, body in quoted:
        if is_quoted(body.replace("=", "!", 1).replace("int ", "long "),
                     pathlib.Path(path).read_text()):
            faults.append(f"a changed quotation of {path} is not noticed")
    faults += [f"nothing at {target}" for target in LINK.findall(text)
               if not (DOCUMENT.parent / target).exists()]
    faults += check_program(blocks, text)
    for fault in faults:
        print(f"FAIL {DOCUMENT}: {fault}")
    print(f"{len(quoted)} quotations, a program proven, and refused with a mistake, "
          f"{len(faults)} faults")
    return 0 if quoted and not faults else 1


if __name__ == "__main__":
    sys.exit(main())
