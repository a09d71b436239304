# SPDX-License-Identifier: MIT
"""What the proofs assume, found in the sources and compared with docs/TRUST.md.

Everything is found by reading: what is declared with a contract and has no body in a
proven unit, every axiom, every lemma outside the runs, the ghost state, the sources
that no unit is, the functions that are called and belong to somebody else, and the
options that make a proof say less.
"""
import difflib
import pathlib
import re
import tempfile

from proof import scan
from proof.run import PREPROCESS
from proof.units import SMOKE, UNITS

LEDGER = pathlib.Path("docs/TRUST.md")
BEGIN = "<!-- trusted: begin; written by ci/prove --trusted --write -->"
END = "<!-- trusted: end -->"
HEAD = ["| what | which | where | manual page |", "| --- | --- | --- | --- |"]
# Options that change how a goal is proven, and not what is proven.
HARMLESS = {"-wp-split", "-wp-split-depth", "-wp-prover", "-wp-smoke-tests", "-wp-smoke-timeout"}
OPTION = re.compile(r"-[A-Za-z]")


def weakening(options):
    """The options among `options` that are not known to be harmless, with their values."""
    found, index = [], 0
    while index < len(options):
        words = [options[index]]
        index += 1
        while index < len(options) and not OPTION.match(options[index]):
            words.append(options[index])
            index += 1
        if words[0] not in HARMLESS and not words[0].startswith("-I"):
            found.append(" ".join(words))
    return found


def option_rows(units):
    rows = [("option", f"`{option}`", "every unit", "") for option in weakening(SMOKE)]
    rows += [("option", f"`{word}`", "every unit", "") for word in PREPROCESS
             if not word.startswith("-I")]
    rows.append(("option", "two contracts of one function are merged",
                 "`spec/os/executable`", ""))
    where = {}
    for file, _, options in units:
        for option in weakening(options):
            where.setdefault(option, []).append(file)
        for option in options:
            if option.startswith("-I"):
                where.setdefault(option + ", in place of a folder of src", []).append(file)
    return rows + [("option", f"`{option}`", ", ".join(f"`{file}`" for file in files), "")
                   for option, files in where.items()]


def tree_rows(root, units):
    """What the tree below `root` assumes when `units` are what is proven."""
    tree = scan.Tree(root, units)
    rows = [(kind, f"`{name}`", f"`{path}`", "") for kind, name, path in tree.axioms()]
    rows += [("lemma without proof", f"`{name}`", f"`{path}`", "")
             for name, path in tree.unproven_lemmas()]
    rows += [("contract without proof", f"`{name}`", f"`{path}`", pages)
             for name, path, pages in tree.unproven_contracts()]
    rows += [("function of another library", f"`{name}`", f"`{path}`", "")
             for name, path in tree.foreign_calls()]
    rows += [("ghost state", f"`{name}`", f"`{path}`", "") for name, path in tree.ghosts()]
    rows += [("source without proof", "", f"`{path}`", "") for path in tree.unproven_sources()]
    return rows


def listed():
    """The rows of the list, sorted by kind and place."""
    rows = tree_rows(pathlib.Path("."), UNITS) + option_rows(UNITS)
    return sorted(set(rows), key=lambda row: (row[0], row[2], row[1]))


def block(rows):
    lines = HEAD + [f"| {' | '.join(row)} |".replace("|  |", "| |") for row in rows]
    return [BEGIN, ""] + lines + ["", END]


def judge(write):
    """Compares the list with the ledger, which `write` has rewritten; what is wrong,
    one line each."""
    text = LEDGER.read_text()
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(END) < text.index(BEGIN):
        return [f"{LEDGER}: the list has no beginning or no end"]
    before, _, rest = text.partition(BEGIN)
    old, _, after = rest.partition(END)
    new = "\n".join(block(listed()))
    faults = self_test()
    if write:
        LEDGER.write_text(before + new + after)
    elif BEGIN + old + END != new:
        lines = difflib.unified_diff((BEGIN + old + END).splitlines(), new.splitlines(),
                                     str(LEDGER), "what is trusted now", lineterm="", n=0)
        faults.append("\n      ".join(
            ["what is trusted has changed (ci/prove --trusted --write accepts it)", *lines]))
    return faults


# A tree of which nothing is assumed, and what is then added: file, text, what it is.
DECLARED = "/*@ ensures \\result == x; */\nint proven(int x);\n"
PROVEN = """#include "base.h"
/*@ lemma small: 0 < 1; */
int proven(int x) { return x; }
"""
PLANTED = [
    ("src/base.h", "//@ axiomatic lies { axiom lie: 0 == 1; }\n", {"axiom", "axiomatic"}),
    ("src/base.c", "void f(void) { //@ admit 0 == 1;\n}\n", {"admit"}),
    ("src/base.h", "/*@ assigns \\nothing; */\nint missing(int x);\n",
     {"contract without proof"}),
    ("src/base.h", "/*@ MACRO(x)\n  ensures \\false; */\nint missing(int x);\n",
     {"contract without proof"}),
    ("spec/more.c", "//@ lemma lie: 0 == 1;\n", {"lemma without proof"}),
    ("src/base.c", "int g(void) { return strange(1); }\n",
     {"function of another library"}),
    ("src/base.h", "/*@ ghost int wish; */\n", {"ghost state"}),
    ("src/base.h", "/*@ ghost /@ ensures \\false; @/ void wish(void); */\n", {"ghost state"}),
    ("src/other.c", "int other(void) { return 1; }\n", {"source without proof"}),
]


def self_test():
    """Each assumption that is planted in a small tree has to be found."""
    units = [("src/base.c", [], [])]
    options = weakening(["-wp-split-depth", "-1", "-wp-model", "Hoare"])
    faults = [] if options == ["-wp-model Hoare"] else ["an option that was planted is not found"]
    for path, text, kinds in [("src/base.h", "", set())] + PLANTED:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "src").mkdir()
            (root / "src/base.h").write_text(DECLARED)
            (root / "src/base.c").write_text(PROVEN)
            (root / "spec").mkdir()
            with (root / path).open("a") as out:
                out.write(text)
            found = {row[0] for row in tree_rows(root, units)}
        if found != kinds:
            faults.append(f"of what was planted in {path}, {sorted(kinds)}, "
                          f"{sorted(found)} was found")
    return faults
