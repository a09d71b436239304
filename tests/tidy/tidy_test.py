#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each house rule must refuse what it forbids, and only that: every row plants
one defect in a clean tree, and names the one complaint that must follow."""
import pathlib
import sys
import tempfile

import tidy

C = "/* SPDX-License-Identifier: MIT */\n"
PY = "# SPDX-License-Identifier: MIT\n"
UNFINISHED = "TO" "DO"
STEP = "    step();\n"
LOOP_NOTE = "    /*@ loop assigns i;\n        loop variant i; */\n"
LONGEST = "void f(void)\n{\n" + LOOP_NOTE + STEP * 37 + "}\n"

CLEAN = {
    "SConstruct": PY,
    "src/vigil.h": C + "#ifndef VIGIL_H\n#define VIGIL_H\n\n/* All. */\n"
                       '#include "poll/poll.h"\n\n#endif\n',
    "src/base/status.h": C,
    "src/core/slots.h": C + '#include "base/status.h"\n#include <stdint.h>\n',
    "src/core/slots.c": C + '#include "core/slots.h"\nstatic int only_here(void);\n',
    "src/os/os.h": C + '#include "os_types.h"\n',
    "src/os/linux/os_types.h": C + "#include <pthread.h>\n",
    "src/os/linux/os.c": C + '#include "os/os.h"\n#include <sys/epoll.h>\n',
    "src/os/bsd/bsd.h": C,
    "src/sys/selector.h": C + '#include "os/os.h"\n',
    "src/sys/posix/wake.h": C,
    "src/sys/kqueue/kqueue.h": C,
    "src/sys/epoll/selector.c": C + '#include "sys/selector.h"\n#include "sys/posix/wake.h"\n',
    "src/poll/poll.h": C + '#include "sys/selector.h"\n',
    "src/net/tcp.c": C + '#include "poll/poll.h"\n' + LONGEST,
    "spec/os/epoll.h": C + "/*@ axiom given: 1 == 1; */\n",
    "tests/kernel/one_test.c": C + "int tests[] = {kernel_test(threat__one)};\n",
    "docs/THREATS.md": "| threat | test |\n|---|---|\n| one | `threat__one` |\n",
    "docs/guide.md": "Installs below /usr/local; see /proc/self/fd.\n",
}

DEFECTS = [
    ("include_floor", "src/core/up.c", C + '#include "poll/poll.h"\n'),
    ("include_floor", "src/net/gone.c", C + '#include "core/gone.h"\n'),
    ("include_floor", "src/net/side.c", C + '#include "ext/pipe.h"\n'),
    ("include_backend", "src/sys/epoll/other.c", C + '#include "sys/kqueue/kqueue.h"\n'),
    ("include_backend", "src/os/linux/other.c", C + '#include "os/bsd/bsd.h"\n'),
    ("include_system", "src/core/libc.c", C + "#include <string.h>\n"),
    ("include_system", "src/poll/round.c", C + "#include <unistd.h>\n"),
    ("include_system", "src/os/leak.h", C + "#include <sys/epoll.h>\n"),
    ("umbrella", "src/vigil.h", C + "typedef int vigil_fd;\n"),
    ("umbrella", "src/poll/all.c", C + '#include "vigil.h"\n'),
    ("file_length", "src/core/long.c", C + "int x;\n" * 500),
    ("line_length", "tests/wide.c", C + "/* " + "x" * 100 + " */\n"),
    ("function_length", "tests/big.c", C + LONGEST.replace(STEP, STEP * 2, 1)),
    ("function_length", "ci/big.py", PY + "def big():\n" + "    pass\n" * 40),
    ("conditional", "src/os/linux/if.c", C + "int f(void)\n{\n#ifdef X\n#endif\n}\n"),
    ("unfinished", "docs/plan.md", f"{UNFINISHED}: later\n"),
    ("licence", "src/core/bare.c", "int x;\n"),
    ("licence", "ci/tool", "#!/bin/sh\necho\n"),
    ("verifier", "src/core/twin.c", C + "#ifdef __FRAMA" "C__\n#endif\n"),
    ("assumed", "spec/laws/wish.c", C + "/*@ axiom wish: 1 == 2; */\n"),
    ("assumed", "src/core/wish.c", C + "int f(void)\n{\n    /*@ admit 1 == 2; */\n}\n"),
    ("part_proof", "ci/prove.sh", PY + "frama-c -wp -wp-" "fct one\n"),
    ("machine_path", "ci/run.sh", PY + "cd /ho" "me/somebody\n"),
    ("name_clashes", "src/net/same.c", C + "static int only_here(void);\n"),
    ("missing_tests", "docs/THREATS.md", "| threat | test |\n|---|---|\n| one | `threat__two` |\n"),
    ("missing_tests", "docs/THREATS.md", "| threat | test |\n|---|---|\n| one | none |\n"),
]


def plant(root, files):
    for path, text in files.items():
        file = pathlib.Path(root, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def complaints(extra):
    with tempfile.TemporaryDirectory() as root:
        plant(root, {**CLEAN, "src/ext/pipe.h": C, **extra})
        return [(found[0], str(found[1])) for found in tidy.check(root)[1]]


def main():
    wrong = [f"the clean tree: {found}" for found in complaints({})]
    for rule, path, text in DEFECTS:
        found = complaints({path: text})
        if len(found) != 1 or found[0][0] != rule:
            wrong.append(f"{rule}, {path}: {found}")
    rules = {rule.__name__ for rule in tidy.RULES + tidy.TREE_RULES}
    wrong += [f"{rule} has no canary" for rule in rules - {rule for rule, _, _ in DEFECTS}]
    print("\n".join(wrong) or f"{len(rules)} rules refuse their {len(DEFECTS)} canaries")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
