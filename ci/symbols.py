#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the library takes from outside, and what it gives.

  symbols.py

The objects of a folder take what tests/tidy/allowed_symbols.txt grants to that
folder and nothing else, and none outside src/os/ enters the kernel on its own;
the shared library exports what vigil.h declares and nothing else; every name
that either library defines begins with vigil_. Waking, which a signal handler may
do, reaches nothing outside but what it needs.
"""
import pathlib
import re
import subprocess
import sys

import amalgamate
import layout

BUILD = "build/gcc"
ALLOWED = "tests/tidy/allowed_symbols.txt"
OWN = "vigil_"
ANY_FOLDER = ("compiler", "loader")
SEAM = "src/os/"
# What a handler may call, and all that it comes to (signal-safety(7)).
FROM_HANDLERS = "vigil_waker_wake"
SAFE = {"write", "read", "__errno_location"}
# How x86, ARM and RISC-V enter the kernel.
ENTERS_KERNEL = re.compile(r"\t(syscall|sysenter|int\s+\$0x80|svc|ecall)\b")


def names(*command):
    """The symbols that nm lists, without their version."""
    done = subprocess.run(["nm", "--format=posix", *command], stdout=subprocess.PIPE, text=True,
                          check=True)
    words = [line.split() for line in done.stdout.splitlines()]
    return {word[0].split("@")[0] for word in words if len(word) > 1}


def allowed(path=ALLOWED):
    """The symbols granted to each folder."""
    granted = {}
    for line in pathlib.Path(path).read_text().splitlines():
        words = line.split()
        if words and not line.startswith("#"):
            granted.setdefault(words[0], set()).update(words[1:])
    return granted


def outside(object_file):
    return {name for name in names("-u", object_file) if not name.startswith(OWN)}


def beyond(object_file, folder, granted):
    """What an object of `folder` takes and was not granted."""
    return outside(object_file) - granted.get(folder, set()) - granted["compiler"]


def enters_kernel(object_file):
    """Whether an object holds the instruction of a system call."""
    done = subprocess.run(["objdump", "--disassemble", "--no-show-raw-insn", object_file],
                          stdout=subprocess.PIPE, text=True, check=True)
    return ENTERS_KERNEL.search(done.stdout) is not None


def declared(header):
    """What vigil.h says is exported."""
    found = set()
    for kind, text in amalgamate.chunks(header.replace('extern "C" {', "")):
        head = re.sub(r"/\*.*?\*/", "", text, flags=re.S).split("(", 1)
        if kind == "code" and len(head) == 2 and re.search(r"\bVIGIL_(API|CHECKED)\b", head[0]):
            found.add(head[0].split()[-1].lstrip("*"))
    return found


def exported(shared):
    versions = {"VIGIL_0"}
    return names("-D", "--defined-only", shared) - versions


def calls(object_file):
    """{function: names that it refers to}, statics of an object told apart by it."""
    done = subprocess.run(["objdump", "--disassemble", "--reloc", "--no-show-raw-insn",
                           object_file], stdout=subprocess.PIPE, text=True, check=True)
    found, function = {}, None
    for line in done.stdout.splitlines():
        head = re.match(r"[0-9a-f]+ <([\w.]+)>:$", line)
        if head:
            function = found.setdefault(head[1], set())
        elif function is not None:
            function |= set(re.findall(r"R_\w+\s+([A-Za-z_][\w.]*)", line))
            function |= set(re.findall(r"<([A-Za-z_][\w.]*)(?:\+0x[0-9a-f]+)?>", line))
    return found


def reached(begin, graphs):
    """What is outside and reached from `begin`; and how many functions that takes."""
    home = {name: graph for graph in graphs for name in graph if name.startswith(OWN)}
    seen, left, taken = set(), [(begin, home[begin])], set()
    while left:
        name, graph = left.pop()
        if (name, id(graph)) in seen:
            continue
        seen.add((name, id(graph)))
        for other in graph[name]:
            if other in graph or other in home:
                left.append((other, graph if other in graph else home[other]))
            elif not other.startswith("."):
                taken.add(other)
    return taken, len(seen)


def check_handlers():
    graphs = [calls(f"{BUILD}/{source.with_suffix('.o')}") for source in layout.sources()]
    taken, functions = reached(FROM_HANDLERS, graphs)
    wrong = [f"{FROM_HANDLERS} reaches {name}" for name in sorted(taken - SAFE)]
    wrong += [f"{FROM_HANDLERS} does not reach {name}" for name in sorted({"write"} - taken)]
    return wrong, functions


def check_taken(granted):
    wrong, used, count = [], set(), 0
    for source in layout.sources():
        folder = str(source.parent)
        made = f"{BUILD}/{source.with_suffix('.o')}"
        wrong += [f"{made} takes {name}, which {folder} is not granted"
                  for name in sorted(beyond(made, folder, granted))]
        if not folder.startswith(SEAM) and enters_kernel(made):
            wrong.append(f"{made} makes a system call of its own")
        used |= {(folder, name) for name in outside(made)}
        count += 1
    given = {(f, name) for f, listed in granted.items() if f not in ANY_FOLDER for name in listed}
    wrong += [f"{ALLOWED} grants {name} to {f}, and nothing takes it"
              for f, name in sorted(given - used)]
    return wrong, count


def check_shared(granted):
    taken = names("-D", "-u", f"{BUILD}/libvigil.so") - set().union(*granted.values())
    given, promised = exported(f"{BUILD}/libvigil.so"), declared(
        pathlib.Path(BUILD, "include/vigil.h").read_text())
    wrong = [f"libvigil.so takes {name}" for name in sorted(taken)]
    wrong += [f"libvigil.so exports {name}, which vigil.h lacks" for name in given - promised]
    wrong += [f"vigil.h declares {name}, which libvigil.so lacks" for name in promised - given]
    # The name of an archive's member comes with a colon, on a line of its own.
    globals_ = names("-g", "--defined-only", f"{BUILD}/libvigil.a")
    wrong += [f"libvigil.a defines {name}" for name in globals_ if not name.startswith(OWN)]
    return wrong, len(given)


def main():
    layout.build("gcc", "lib", "amalgamation")
    granted = allowed()
    wrong, objects = check_taken(granted)
    more, exports = check_shared(granted)
    unsafe, functions = check_handlers()
    wrong += more + unsafe
    for line in wrong:
        print(line)
    print(f"{objects} objects, {exports} exported, {functions} functions in a signal handler, "
          f"{len(wrong)} refused")
    return 1 if wrong or not exports else 0


if __name__ == "__main__":
    sys.exit(main())
