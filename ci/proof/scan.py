# SPDX-License-Identifier: MIT
"""Reads C sources for what the proofs assume: not a parser, and so strict that what it
cannot make out counts as assumed."""
import pathlib
import re

from proof.run import INCLUDES

ACSL = re.compile(r"/\*@.*?\*/|//@[^\n]*", re.S)
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])+'", re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.M)
AXIOM = re.compile(r"\b(axiomatic|axiom|admit)\b\s*(?:\\?(\w+))?")
LEMMA = re.compile(r"\blemma\s+(\w+)")
# What an annotation outside functions begins with if it is no contract.
LOGIC = {"ghost", "predicate", "logic", "lemma", "axiomatic", "axiom", "admit"}
INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)
NAME = re.compile(r"(\w+)\s*\(")
DEFINITION = re.compile(r"^[A-Za-z_][^;{}=#]*?\b(\w+)\s*\([^;{}]*\)\s*\{", re.M)
DECLARED = re.compile(r"^[A-Za-z_][^;{}=()#]*?\b(\w+)\s*\([^;{}]*\)\s*;", re.M)
CALL = re.compile(r"\b(?![A-Z0-9_]+\b)([A-Za-z_]\w*)\s*\(")
MACRO = re.compile(r"^#define (\w+)\(", re.M)
GHOST = re.compile(r"^(?:/\*@|//@)\s*ghost\b(?!\s*\()(.*)", re.S)
NESTED = re.compile(r"/@.*?@/|//[^\n]*", re.S)
GHOST_FUNCTION = re.compile(r"[\w\s*]*\([^;{}]*\)\s*\{.*\}", re.S)
VARIABLE = re.compile(r"\b(\w+)\s*(?:\[[^;]*)?(?:=[^;]*)?;")
PAGE = re.compile(r"\b([a-z_0-9]+\([2378]\))")
KEYWORDS = set("if while for switch return sizeof defined _Alignof _Static_assert "
               "static_assert alignof".split())
APART = ("canary", "mutation")


def code_of(text):
    """`text` without comments, strings and directives."""
    return DIRECTIVE.sub("", COMMENT.sub(" ", text))


def is_contract(annotation):
    """Whether it is one, as far as its first word tells: a clause, or a macro."""
    words = re.sub(r"//[^\n]*", "", annotation[len("/*@"):]).split()
    return not words or words[0] not in LOGIC


class Tree:
    """The sources below a root, some of them units that are proven."""

    def __init__(self, root, units):
        self.root = root
        self.texts = {str(path.relative_to(root)): path.read_text()
                      for folder in ("src", "spec")
                      for path in sorted((root / folder).rglob("*.[ch]"))
                      if not set(APART) & set(path.parts)}
        self.units = {file for file, _, _ in units}
        self.proven = self.closure(self.units | {lemma for _, lemmas, _ in units
                                                 for lemma in lemmas})
        self.read = self.proven | self.closure({"src/vigil.h"})
        self.defined = {path: set(DEFINITION.findall(code_of(text)))
                        for path, text in self.texts.items()}

    def closure(self, files):
        """`files` and what they include."""
        found, waiting = set(), [file for file in files if file in self.texts]
        while waiting:
            file = waiting.pop()
            found.add(file)
            here = str(pathlib.PurePosixPath(file).parent)
            for name in INCLUDE.findall(self.texts[file]):
                for folder in [here, *INCLUDES, "spec"]:
                    if f"{folder}/{name}" in self.texts and f"{folder}/{name}" not in found:
                        waiting.append(f"{folder}/{name}")
        return found

    def annotations(self):
        for path, text in self.texts.items():
            for match in ACSL.finditer(text):
                yield path, text, match

    def axioms(self):
        for path, _, match in self.annotations():
            for kind, name in AXIOM.findall(match.group()):
                yield kind, name or "?", path

    def unproven_lemmas(self):
        for path, _, match in self.annotations():
            if path not in self.proven:
                yield from ((name, path) for name in LEMMA.findall(match.group()))

    def unproven_contracts(self):
        """Functions with a contract that a unit or a client reads, and no body where a
        unit would prove it."""
        for path, text, match in self.annotations():
            if (path not in self.read or not is_contract(match.group())
                    or not self.at_top(text, match.start())):
                continue
            after = code_of(text[match.end():])
            head = re.split(r"[;{]", after, maxsplit=1)[0]
            name = NAME.search(head)
            known = name and (self.is_proven(name[1], path) or path in self.proven and
                              after[len(head):len(head) + 1] == "{")
            if not known:
                before = text[:match.start()].rstrip()
                said = before[before.rfind("/*"):] if before.endswith("*/") else ""
                pages = dict.fromkeys(PAGE.findall(said + match.group()))
                yield name[1] if name else "?", path, ", ".join(pages)

    def is_proven(self, name, declared):
        """Whether a unit has the body; a model of the seam is not the seam."""
        return any(name in self.defined[path] for path in self.proven
                   if path.startswith("src/") or not declared.startswith("src/"))

    @staticmethod
    def at_top(text, offset):
        return text.rfind("\n", 0, offset) == offset - 1 or offset == 0

    def foreign_calls(self):
        """Calls, in units, of functions that no source of ours declares."""
        ours = set().union(*self.defined.values())
        for text in self.texts.values():
            ours |= set(DECLARED.findall(code_of(text))) | set(MACRO.findall(text))
        for path in sorted(self.proven):
            code = code_of(self.texts[path])
            called = {name for body in re.findall(r"\{.*?^\}|\{[^}]*\}", code, re.S | re.M)
                      for name in CALL.findall(body)}
            yield from ((name, path) for name in sorted(called - ours - KEYWORDS))

    def ghosts(self):
        """Ghost variables outside functions, and ghost functions that nobody proves."""
        for path, text, match in self.annotations():
            found = GHOST.match(match.group())
            if found and self.at_top(text, match.start()):
                code = NESTED.sub("", found[1])
                if path in self.proven:
                    code = GHOST_FUNCTION.sub("", code)
                yield from ((name, path) for name in VARIABLE.findall(code) + NAME.findall(code))

    def unproven_sources(self):
        return [path for path in self.texts
                if path.startswith("src/") and path.endswith(".c") and path not in self.units]
