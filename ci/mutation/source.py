# SPDX-License-Identifier: MIT
"""Reads a C file as tokens, and finds its functions and macros. Comments are no
tokens, so that no annotation is ever changed."""
import dataclasses
import re

TOKEN = re.compile(r"""
    (?P<comment>/\*.*?\*/|//[^\n]*)
  | (?P<directive>^[ \t]*\#(?:\\\n|[^\n])*)
  | (?P<string>"(?:\\.|[^"\\])*")
  | (?P<character>'(?:\\.|[^'\\])*')
  | (?P<number>\d[\w.]*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<sign><<=|>>=|\.\.\.|<<|>>|<=|>=|==|!=|&&|\|\||->|\+\+|--|[-+*/%&|^]=|[^\s\w])
""", re.X | re.S | re.M)
MACRO = re.compile(r"[ \t]*#[ \t]*define[ \t]+(\w+)(?!\()")

OPENING, CLOSING = {"(": ")", "[": "]", "{": "}"}, {")", "]", "}"}
CAST = re.compile(r"u?int\d+_t|size_t|int|unsigned|char|bool|void")


@dataclasses.dataclass(frozen=True)
class Token:
    kind: str
    text: str
    start: int
    end: int


@dataclasses.dataclass
class Part:
    """A function's body, or the replacement of a macro without arguments."""
    name: str
    result: str
    is_macro: bool
    tokens: list

    def words(self):
        return {token.text for token in self.tokens if token.kind == "word"}


def tokens(text, start=0):
    found = []
    for match in TOKEN.finditer(text, start):
        found.append(Token(match.lastgroup, match.group(), match.start(), match.end()))
    return found


def comments(text):
    """Comments and annotations, which no mutant may change."""
    return [token.text for token in tokens(text) if token.kind == "comment"]


def partner(found, index):
    """The index of the bracket that closes the one at `index`."""
    depth = 0
    for i in range(index, len(found)):
        depth += found[i].text in OPENING
        depth -= found[i].text in CLOSING
        if depth == 0:
            return i
    raise ValueError(f"no partner of the bracket at {found[index].start}")


def opener(found, index):
    """The index of the bracket that opens the one at `index`."""
    depth = 0
    for i in range(index, -1, -1):
        depth += found[i].text in CLOSING
        depth -= found[i].text in OPENING
        if depth == 0:
            return i
    raise ValueError(f"no partner of the bracket at {found[index].start}")


def parts(text):
    """Functions and macros, in the order of the file."""
    every = [token for token in tokens(text) if token.kind != "comment"]
    found = [part for part in map(macro, every) if part is not None]
    code = [token for token in every if token.kind != "directive"]
    i = begin = 0
    while i < len(code):
        if code[i].text == ";":
            begin = i + 1
        if code[i].text != "{":
            i += 1
            continue
        end = partner(code, i)
        if code[i - 1].text == ")":
            name = opener(code, i - 1) - 1
            result = " ".join(token.text for token in code[begin:name])
            found.append(Part(code[name].text, result, False, code[i + 1:end]))
        i = begin = end + 1
    return found


def macro(token):
    """The replacement of a macro that is defined in one line, or None."""
    match = MACRO.match(token.text) if token.kind == "directive" else None
    if match is None or "\n" in token.text:
        return None
    inner = [Token(t.kind, t.text, t.start + token.start, t.end + token.start)
             for t in tokens(token.text, match.end()) if t.kind != "comment"]
    return Part(match[1], "", True, inner) if inner else None


def is_binary(found, index):
    """Whether the sign at `index` stands between two operands."""
    if index == 0:
        return False
    before = found[index - 1]
    if before.text == ")":
        first = opener(found, index - 1)
        inside = found[first + 1:index - 1]
        return not (len(inside) == 1 and CAST.fullmatch(inside[0].text))
    return before.text == "]" or before.kind == "number" or (
        before.kind == "word" and before.text not in ("return", "case"))
