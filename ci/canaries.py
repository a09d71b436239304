#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each guard of ci/test must refuse what was planted for it, and let its healthy
twin through: a check that cannot fail guards nothing.

The house rules and the proofs have their canaries beside them.
"""
import pathlib
import platform
import subprocess
import sys

import amalgamate
import layout
import lint
import run_test
import shipped
import stages
import symbols
import valgrind

DEFECTS = "tests/canary/defects.c"
HANG_SECONDS = 2
PLAIN, ASAN, TSAN = "gcc", "asan", "tsan"
WORK = pathlib.Path("build/canaries")
CLEAN = "int f(int x);\nint f(int x)\n{\n    return x;\n}\n"


def compiled(variant):
    """DEFECTS, compiled as the tests of that variant are."""
    compiler, options = layout.VARIANTS[variant]
    program = WORK / f"defects-{variant}"
    subprocess.run([compiler, "-std=c11", "-D_GNU_SOURCE", *options, DEFECTS, "-o", program,
                    "-lcmocka", "-pthread"], check=True)
    return str(program)


def plain_run(command):
    return run_test.run(command, HANG_SECONDS)


def guarded(variant, defect, runner, sign):
    """Whether `runner` lets the healthy test through, refuses the defect, and
    says why: `sign` is in what it prints."""
    program = compiled(variant)
    healthy, planted = runner([program, "healthy"]), runner([program, defect])
    said = planted.reason + planted.output
    return healthy.passed and not planted.passed and sign in said


RUNS = [
    ("run_test: failing test", PLAIN, "fails", plain_run, "exit status 1"),
    ("run_test: hanging test", PLAIN, "hangs", plain_run, "still running"),
    ("run_test: no test at all", PLAIN, "empty", plain_run, "ran no test"),
    ("asan: use after free", ASAN, "uses_after_free", plain_run, "heap-use-after-free"),
    ("asan: leak", ASAN, "leaks_memory", plain_run, "LeakSanitizer"),
    ("ubsan: overflow", ASAN, "overflows", plain_run, "signed integer overflow"),
    ("tsan: race", TSAN, "races", plain_run, "data race"),
    ("valgrind: use after free", PLAIN, "uses_after_free", valgrind.check, "Invalid write"),
    ("valgrind: leak", PLAIN, "leaks_memory", valgrind.check, "definitely lost"),
    ("valgrind: descriptor", PLAIN, "leaks_descriptor", valgrind.check, "1 descriptors left open"),
]


def written(name, text):
    path = WORK / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


def warned(compiler):
    """The build's warnings are errors: a conversion that loses bits."""
    flags = ["-std=c11", *layout.WARNINGS, *layout.COMPILER_WARNINGS[compiler]]
    bad = CLEAN.replace("    return x;\n", "    char y = x;\n    return y;\n")
    return shipped.compiles(compiler, flags, CLEAN, "c") and not shipped.compiles(
        compiler, flags, bad, "c")


def header_language():
    """A header that only C accepts."""
    text = pathlib.Path(shipped.BUILD, "include/vigil.h").read_text()
    good = written("good/vigil.h", text)
    bad = written("bad/vigil.h", text.replace(
        "#ifndef VIGIL_NO_INLINE", "static inline int *f(void *p) { return p; }\n"
        "#ifndef VIGIL_NO_INLINE", 1))
    fine = shipped.header_refused(pathlib.Path(good).parent)[1]
    refused = shipped.header_refused(pathlib.Path(bad).parent)[1]
    return not fine and {way[2] for way in refused} == {"c++"}


def header_contract():
    """A contract of the header that speaks of nothing."""
    text = pathlib.Path(shipped.BUILD, "include/vigil.h").read_text()
    bad = written("contract/vigil.h", text + "/*@ ensures no_such(1); */\nint vigil_f(void);\n")
    return shipped.contracts_parse(f"{shipped.BUILD}/include") and not shipped.contracts_parse(
        pathlib.Path(bad).parent)


def assembled(name, text):
    source = written(f"{name}.c", text)
    made = source.replace(".c", ".o")
    subprocess.run(["gcc", "-c", source, "-o", made], check=True)
    return made


def seam():
    """An object of core/ that makes a system call; the same in os/linux is fine."""
    stray = assembled("stray", "#include <unistd.h>\nint f(void);\n"
                               "int f(void) { return close(0); }\n")
    granted = symbols.allowed()
    return (symbols.beyond(stray, "src/core", granted) == {"close"}
            and not symbols.beyond(stray, "src/os/linux", granted))


def instruction():
    """An object that enters the kernel by itself, and one that does not."""
    body = "void f(void);\nvoid f(void) { %s }\n"
    word = {"aarch64": "svc #0", "riscv64": "ecall"}.get(platform.machine(), "syscall")
    return (symbols.enters_kernel(assembled("enters", body % f'__asm__ volatile("{word}");'))
            and not symbols.enters_kernel(assembled("stays", body % "")))


def handlers():
    """A wake that takes a lock through another object; one that writes is fine."""
    wake = assembled("wake", "void vigil_b(void);\nvoid vigil_a(void);\n"
                             "void vigil_a(void) { vigil_b(); }\n")
    locks = assembled("locks", "int printf(const char *, ...);\nvoid vigil_b(void);\n"
                               "void vigil_b(void) { printf(\"%d\", 1); }\n")
    writes = assembled("writes", "#include <unistd.h>\nvoid vigil_b(void);\n"
                                 "void vigil_b(void) { (void)!write(1, \"x\", 1); }\n")
    taken = [symbols.reached("vigil_a", [symbols.calls(wake), symbols.calls(other)])[0]
             for other in (locks, writes)]
    return taken[0] - symbols.SAFE == {"printf"} and not taken[1] - symbols.SAFE


def exports():
    """A shared object that exports more than the header declares."""
    source = written("extra.c", "int vigil_one(void);\nint vigil_two(void);\n"
                                "int vigil_one(void) { return 1; }\n"
                                "int vigil_two(void) { return 2; }\n")
    shared = source.replace(".c", ".so")
    subprocess.run(["gcc", "-shared", "-fPIC", source, "-o", shared], check=True)
    given = {name for name in symbols.exported(shared) if name.startswith(symbols.OWN)}
    return given - symbols.declared("VIGIL_API int vigil_one(void);\n") == {"vigil_two"}


def hidden_kept_out():
    """What is not exported stays out of the header, what is exported in."""
    text = "/* A. */\nVIGIL_API int a(void);\n\n/* B. */\n/*@ assigns \\nothing; */\nint b(void);\n"
    kept, hidden = amalgamate.split_exported(text)
    return "int a(void);" in kept and "B." not in kept and "int b(void);" in hidden


def linted(tool, good, bad):
    fine, planted = written(f"{tool.__name__}/good.c", good), written(
        f"{tool.__name__}/bad.c", bad)
    return not tool([fine]) and tool([planted]) == [planted]


def formatted():
    return linted(lint.format_check, CLEAN, CLEAN.replace("    return", "  return"))


def tidied():
    return linted(lint.clang_tidy, CLEAN, CLEAN.replace(
        "    return x;\n", "    if (x)\n        return 1;\n    return x;\n"))


def checked():
    return linted(lint.cppcheck, CLEAN, CLEAN.replace(
        "    return x;\n", "    int a[2] = {x, x};\n    return a[2];\n"))


def demo():
    """A server that dies, and one that greets wrongly."""
    servers = [["false"], [sys.executable, "tests/canary/bad_server.py"]]
    return all(subprocess.run([sys.executable, "ci/demo.py", *server],
                              stdout=subprocess.DEVNULL).returncode == 1 for server in servers)


def driver():
    """A stage that fails, one that is missing, one that is silent; and a good one."""
    stages.LOGS = WORK
    verdicts = [stages.run((f"canary-{i}", command)) for i, command in enumerate(
        [["false"], ["ci/no-such-stage"], ["true"], ["echo", "one"]])]
    return verdicts == [False, False, False, True]


OTHERS = [
    ("build: gcc's warnings", lambda: warned("gcc")),
    ("build: clang's warnings", lambda: warned("clang")),
    ("header: not C++", header_language),
    ("header: a contract", header_contract),
    ("header: what is hidden", hidden_kept_out),
    ("symbols: round the seam", seam),
    ("symbols: a system call's instruction", instruction),
    ("symbols: what a handler reaches", handlers),
    ("symbols: exported too much", exports),
    ("format", formatted),
    ("clang-tidy", tidied),
    ("cppcheck", checked),
    ("demo", demo),
    ("ci/test itself", driver),
]


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    layout.build(PLAIN, "amalgamation")
    checks = [(name, lambda row=row: guarded(*row)) for name, *row in RUNS] + OTHERS
    missed = 0
    for name, holds in checks:
        good = holds()
        missed += not good
        print(f"{'refused' if good else 'MISSED '} {name}", flush=True)
    print(f"{len(checks)} guards refuse what was planted for them" if not missed
          else f"{missed} of {len(checks)} guards missed what was planted for them")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
