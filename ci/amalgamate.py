#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the two files that Vigil is shipped as.

  amalgamate.py header OUT -I DIR...             the one installed header, vigil.h
  amalgamate.py source OUT -I DIR... SOURCE...   the library in one file, vigil.c

vigil.h holds the headers that src/vigil.h names and those they need, lowest
floor first, each once, with their contracts. Declarations of functions that the
library does not export stay out of it: vigil.c gets them. What the *_inline.h
headers define comes last, and VIGIL_NO_INLINE leaves it out, for bindings and
tools that want declarations alone.
"""
import argparse
import pathlib
import re
import sys

LICENSE = "/* SPDX-License-Identifier: MIT */"
UMBRELLA = "vigil.h"
FLOORS = ["base", "core", "os", "sys", "poll", "net", "ext"]
EXPORTED = re.compile(r"\b(VIGIL_API|VIGIL_CHECKED|VIGIL_INLINE)\b")
LOCAL_INCLUDE = re.compile(r'^#\s*include\s+"([^"]+)"[^\n]*\n?', re.M)
SYSTEM_INCLUDE = re.compile(r"^#\s*include\s+<([^>]+)>[^\n]*\n?", re.M)
MACRO = re.compile(r"^#\s*define\s+(\w+)", re.M)
CHUNK = re.compile(
    r"(?P<blank>\n+)"
    r"|(?P<comment>/\*.*?\*/|//[^\n]*)"
    r"|(?P<directive>#(?:\\\n|/\*.*?\*/|[^\n])*)"
    r"|(?P<code>[^\n])",
    re.S,
)


class Tree:
    """The sources, found by the include path of the build."""

    def __init__(self, folders):
        self.folders = [pathlib.Path(folder) for folder in folders]

    def find(self, name):
        for folder in self.folders:
            if (folder / name).is_file():
                return folder / name
        sys.exit(f"amalgamate: no {name} in {' '.join(map(str, self.folders))}")

    def place(self, path):
        """Where a file stands in src/, the first folder of the include path."""
        return str(path.relative_to(self.folders[0]))


def without_guard(text, path):
    """The text without its licence line, include guard and final #endif."""
    text = text.replace(LICENSE + "\n", "", 1)
    guard = re.match(r"\s*#ifndef (\w+)\n#define \1\n", text)
    if guard is None:
        sys.exit(f"amalgamate: {path} does not begin with an include guard")
    return text[guard.end():].rstrip().removesuffix("#endif")


def end_of_code(text, start):
    """Where the declaration or definition that begins at `start` ends."""
    depth, position = 0, start
    token = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|[{}()\[\];]', re.S)
    while (match := token.search(text, position)) is not None:
        position, mark = match.end(), match.group()
        if mark in "({[":
            depth += 1
        elif mark in ")}]":
            depth -= 1
        body_ends = mark == "}" and re.match(r"[^=;{]*\)\s*\{", text[start:])
        if depth == 0 and (mark == ";" or body_ends):
            return position
    return len(text)


def chunks(text):
    """(kind, text) of each blank run, comment, directive and declaration."""
    position = 0
    while position < len(text):
        match = CHUNK.match(text, position)
        kind, end = match.lastgroup, match.end()
        if kind == "code":
            end = end_of_code(text, position)
        yield kind, text[position:end]
        position = end


def is_hidden_function(code):
    head = code.split("(", 1)[0]
    return (
        code.endswith(");")
        and "(" in code
        and not EXPORTED.search(head)
        and not re.match(r"\s*(typedef|_Static_assert|struct\s+\w+\s*\{)", code)
    )


def groups(text):
    """Each declaration or directive with the comments right above it; what has
    none below stands alone."""
    group = []
    for kind, piece in chunks(text):
        group.append((kind, piece))
        goes_on = kind == "comment" or (piece == "\n" and len(group) > 1)
        if not goes_on:
            yield group
            group = []
    yield group


def split_exported(text):
    """(what the header keeps, the declarations it leaves to vigil.c). Of a header
    whose functions are all hidden, prose alone is not kept."""
    kept, hidden, says = [], [], False
    for group in groups(text):
        pieces = "".join(piece for _, piece in group)
        if group and group[-1][0] == "code" and is_hidden_function(group[-1][1]):
            hidden.append(pieces.strip() + "\n")
            continue
        kept.append(pieces)
        says |= any(kind in ("code", "directive") or piece.startswith("/*@")
                    for kind, piece in group)
    return "".join(kept) if says else "", "\n".join(hidden)


class Gatherer:
    """Visits headers depth first, so that each stands after what it needs."""

    def __init__(self, tree):
        self.tree = tree
        self.seen = set()
        self.system = set()
        self.parts = []  # (name, text) in order; inline headers apart
        self.inline = []

    def needs(self, text):
        """Gathers what `text` includes; the text without its includes."""
        for name in LOCAL_INCLUDE.findall(text):
            self.add(name)
        self.system.update(SYSTEM_INCLUDE.findall(text))
        return SYSTEM_INCLUDE.sub("", LOCAL_INCLUDE.sub("", text))

    def add(self, name):
        path = self.tree.find(name)
        if path in self.seen:
            return
        self.seen.add(path)
        text = self.needs(without_guard(path.read_text(), path))
        part = (self.tree.place(path), text.strip("\n") + "\n")
        (self.inline if name.endswith("_inline.h") else self.parts).append(part)


def public(tree):
    """The public headers, by floor: none includes a higher one, so that the order
    within a floor, which is that of need, is kept."""
    gatherer = Gatherer(tree)
    gatherer.add(UMBRELLA)
    parts = [part for part in gatherer.parts if part[0] != UMBRELLA]
    gatherer.parts = sorted(parts, key=lambda part: FLOORS.index(part[0].split("/")[0]))
    return gatherer


def banner(name):
    return f"\n/* {'-' * 8} {name} {'-' * max(8, 80 - len(name))} */\n\n"


def squeezed(text):
    return re.sub(r"\n{3,}", "\n\n", text)


def header_text(tree):
    gatherer = public(tree)
    about = re.search(r"/\*(?!@| SPDX).*?\*/", tree.find(UMBRELLA).read_text(), re.S)
    out = [LICENSE, "#ifndef VIGIL_H", "#define VIGIL_H", ""]
    out += [about.group(), ""] if about else []
    out += [f"#include <{name}>" for name in sorted(gatherer.system)]
    out += ["", "#ifdef __cplusplus", 'extern "C" {', "#endif", ""]
    for name, text in gatherer.parts:
        kept = split_exported(text)[0].strip("\n")
        if kept:
            out.append(banner(name) + kept + "\n")
    out += ["#ifndef VIGIL_NO_INLINE"]
    out += [banner(name) + text for name, text in gatherer.inline]
    out += ["#endif /* VIGIL_NO_INLINE */", "", "#ifdef __cplusplus", "}", "#endif", "", "#endif"]
    return squeezed("\n".join(out) + "\n")


def source_text(tree, sources):
    gatherer = public(tree)
    hidden = [(name, split_exported(text)[1]) for name, text in gatherer.parts]
    gatherer.parts, gatherer.inline, gatherer.system = [], [], set()
    body = [banner(f"{name}, not exported") + text for name, text in hidden if text]
    for path in map(pathlib.Path, sources):
        own = path.read_text().replace(LICENSE + "\n", "", 1)
        text = gatherer.needs(own)
        for name, part in gatherer.parts + gatherer.inline:
            body.append(banner(name) + part)
        gatherer.parts, gatherer.inline = [], []
        macros = [m for m in MACRO.findall(text) if m != "VIGIL_INLINE"]
        text = re.sub(r"^#(undef|define) VIGIL_INLINE\n", "", text, flags=re.M)
        undo = "".join(f"#undef {macro}\n" for macro in dict.fromkeys(macros))
        body.append(banner(str(path)) + text.strip("\n") + "\n" + undo)
    out = [
        LICENSE,
        "/*",
        " * Vigil in one file, generated from its sources. Compile it as C11 beside",
        " * vigil.h; it needs nothing else.",
        " */",
        "#ifndef _GNU_SOURCE",
        "#define _GNU_SOURCE",
        "#endif",
        "",
        "/* Here the inline definitions become the exported ones. */",
        "#undef VIGIL_NO_INLINE",
        "#define VIGIL_INLINE",
        '#include "vigil.h"',
        "",
    ]
    out += [f"#include <{name}>" for name in sorted(gatherer.system)]
    return squeezed("\n".join(out + body))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["header", "source"])
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("-I", dest="folders", action="append", required=True)
    parser.add_argument("sources", nargs="*")
    arguments = parser.parse_intermixed_args()
    tree = Tree(arguments.folders)
    if arguments.kind == "header":
        text = header_text(tree)
    else:
        text = source_text(tree, arguments.sources)
    arguments.out.write_text(text)


if __name__ == "__main__":
    main()
