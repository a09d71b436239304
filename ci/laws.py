#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every function that a header of src/ exports is called by a law or a theorem.

  ci/laws.py [HEADER...]      fails, and lists those that nobody calls

A contract that no law uses may say too little, and nobody would know. What was
exported without the headers' words, or called in a comment only, does not count.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LAW_FOLDERS = ["spec/laws", "spec/theorems"]
# Trusted, docs/TRUST.md: what the atomics do is said by their contracts alone.
TRUSTED = {"src/base/atomic.h"}

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.M)
EXPORTED = re.compile(r"\b(?:VIGIL_API|VIGIL_CHECKED|VIGIL_INLINE)\b[^;{}()]*?\b(vigil_\w+)\s*\(")
CALLED = re.compile(r"\b(vigil_\w+)\s*\(")


def code_of(text):
    return DIRECTIVE.sub("", COMMENT.sub(" ", text))


def exported_in(text):
    return set(EXPORTED.findall(code_of(text)))


def called_in(text):
    return set(CALLED.findall(code_of(text)))


def blind():
    """Whether what is planted here goes unseen."""
    header = "/* VIGIL_API int vigil_no(void); */\nVIGIL_API int *vigil_yes(int a);\n"
    law = "/* vigil_yes(1); */\nvoid law(void)\n{\n    vigil_other(2);\n}\n"
    return exported_in(header) != {"vigil_yes"} or called_in(law) != {"vigil_other"}


def declaring_headers():
    """Where contracts stand: what an *_inline.h defines is declared in another header."""
    return [path for path in (ROOT / "src").rglob("*.h")
            if not path.name.endswith("_inline.h")
            and str(path.relative_to(ROOT)) not in TRUSTED]


def missing(headers=()):
    """Exported functions that no law calls, one line each, in the order of the headers."""
    if blind():
        return ["the search for laws does not find what is planted"]
    called = set()
    for folder in LAW_FOLDERS:
        for path in sorted((ROOT / folder).glob("*.[ch]")):
            called |= called_in(path.read_text())
    paths = [ROOT / header for header in headers] or sorted(declaring_headers())
    return [f"{path.relative_to(ROOT)}: {name} is called by no law" for path in paths
            for name in sorted(exported_in(path.read_text()) - called)]


def main():
    found = missing(sys.argv[1:])
    for line in found:
        print(line)
    exported = sum(len(exported_in(path.read_text())) for path in declaring_headers())
    print(f"{exported} exported functions, {len(found)} called by no law")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
