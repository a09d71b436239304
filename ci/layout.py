# SPDX-License-Identifier: MIT
"""What the library is made of: the one place that the build and the checks ask."""
import os
import pathlib
import subprocess
import sys

VERSION = "0.1.0"
SOVERSION = "0"

# The floors of the library, lowest first. The build picks the backend: another
# system means other folders here, and nothing else.
BACKEND = ["src/os/linux", "src/sys/epoll", "src/sys/eventfd"]
FLOORS = ["src/base", "src/core"] + BACKEND + ["src/poll", "src/net"]
HEADERS = FLOORS + ["src", "src/os", "src/sys"]
INCLUDE = ["src"] + BACKEND

# Given on the command line: with -include, no source could say it in time.
DEFINES = {"_GNU_SOURCE": ""}

# The definitions of the atomics, put before every source but the one that emits
# them.
ATOMICS = "src/base/atomic_inline.h"
EMITS_ATOMICS = "src/base/atomic.c"

SANITIZE = ["-O1", "-g", "-fno-omit-frame-pointer", "-fno-sanitize-recover=all"]
VARIANTS = {
    "gcc": ("gcc", ["-O2", "-g"]),
    "clang": ("clang", ["-O2", "-g"]),
    "debug": ("gcc", ["-O0", "-g3"]),
    "asan": ("clang", SANITIZE + ["-fsanitize=address,undefined"]),
    "tsan": ("clang", SANITIZE + ["-fsanitize=thread"]),
    "fuzz": ("clang", SANITIZE + ["-fsanitize=address,undefined,fuzzer-no-link"]),
    "fuzz-fast": ("clang", ["-O2", "-g", "-fsanitize=fuzzer-no-link"]),
    "afl": ("afl-clang-fast", SANITIZE + ["-fsanitize=address,undefined"]),
    # As a fuzzing service says: the compiler and its options come from outside.
    "service": (os.environ.get("CC", "clang"), os.environ.get("CFLAGS", "-g").split()),
    "coverage": ("clang", ["-O0", "-g", "-fprofile-instr-generate", "-fcoverage-mapping"]),
    "mcdc": ("clang-19", ["-O0", "-g", "-fprofile-instr-generate", "-fcoverage-mapping",
                          "-fcoverage-mcdc"]),
    "release": ("gcc", ["-O2"]),
    "release-lto": ("gcc", ["-O2", "-flto=1", "-ffat-lto-objects"]),
}

# What is fuzzed: the folder of the target, and what it runs on besides the
# library (fuzz/world.h).
FUZZ_TARGETS = {
    "kernel": ("fuzz/kernel", None),
    "registry": ("fuzz/registry", "world_sim"),
    "registry_linux": ("fuzz/registry", "world_linux"),
    "threads": ("fuzz/threads", "world_sim"),
    "waker": ("fuzz/waker", "world_sim"),
    "tcp": ("fuzz/tcp", "world_sim"),
    "places": ("fuzz/places", "world_sim"),
    "address": ("fuzz/address", None),
    "unix_address": ("fuzz/unix_address", None),
    "slots": ("fuzz/slots", None),
    "events": ("fuzz/events", None),
}
# Those whose threads take turns: the library has a point before each shared step.
FUZZ_TURNS = {"threads", "waker"}

# The examples that are simulated: their name, and whether they have threads.
SIMULATED = {
    "hello": ("hello_server", False),
    "echo": ("udp_echo", False),
    "chat": ("chat_server", True),
}
# Of an example with threads: a call at each of its blocks, where another may have its
# turn, and the calls of the seam that are such points besides.
TRACED = ["-fsanitize-coverage=trace-pc"]
WRAPPED = ["vigil_os_accept", "vigil_os_receive", "vigil_os_send", "vigil_os_close"]


def renamed(name):
    """What a simulated example calls by other names: (before, after)."""
    threads = {"create": "create", "join": "join", "mutex_lock": "lock", "mutex_unlock": "unlock"}
    return [("main", f"{name}_main"), ("exit", "example_exit")] + [
        (f"pthread_{before}", f"threads_{after}") for before, after in threads.items()]


def corpus(target, root="."):
    """Where the inputs of a fuzz target are kept, of which a folder may have several."""
    folder = pathlib.Path(root, FUZZ_TARGETS[target][0])
    return folder / f"corpus{target.removeprefix(folder.name)}.txt"


WARNINGS = (
    "-Werror -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wundef "
    "-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wcast-align "
    "-Wcast-qual -Wvla -Wwrite-strings -Wpointer-arith -Wformat=2 -Wswitch-enum"
).split()
COMPILER_WARNINGS = {
    "gcc": ["-Wlogical-op", "-Wduplicated-cond", "-Wjump-misses-init"],
    "clang": ["-Wcomma", "-Wmissing-variable-declarations"],
}
for clang in ("clang-19", "afl-clang-fast"):
    COMPILER_WARNINGS[clang] = COMPILER_WARNINGS["clang"]


def sources(root="."):
    """The library's sources, lowest floor first."""
    return [path for floor in FLOORS for path in sorted(pathlib.Path(root, floor).glob("*.c"))]


def atomics_first(source):
    """Whether the build puts ATOMICS before `source`."""
    return str(source).startswith("src/") and str(source) != EMITS_ATOMICS


def flags(source):
    """What a tool must know to read `source` as the compiler does."""
    found = ["-std=c11"] + [f"-I{folder}" for folder in INCLUDE]
    found += [f"-D{name}={value}" for name, value in DEFINES.items()]
    return found + (["-include", ATOMICS] if atomics_first(source) else [])


def build(variant, *targets):
    """Has SCons make `targets`; ends the check if it cannot."""
    if subprocess.run(["scons", "-Q", f"variant={variant}", *targets]).returncode != 0:
        sys.exit(f"the build of {' '.join(targets)} in variant {variant} failed")
