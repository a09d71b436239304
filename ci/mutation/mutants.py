# SPDX-License-Identifier: MIT
"""Makes the mutants of a file, each with an identity that outlives changes
elsewhere in the file."""
import collections
import dataclasses
import hashlib
import pathlib

from mutation.operators import MACRO_OPERATORS, OPERATORS, within_assertion
from mutation.source import parts

# The files whose mutants are made: each with the unit that proves it.
HEADERS = {
    "src/sys/epoll/selector_event_inline.h": "src/sys/epoll/selector_event.c",
    "src/poll/events_inline.h": "src/poll/events.c",
    "src/poll/events_current_inline.h": "src/poll/events.c",
}


# Of a file that gives more than this, these are drawn, the same each time.
MUTANTS_PER_FILE_MAX = 30


@dataclasses.dataclass
class Mutant:
    file: str
    part: str       # the function or macro that is changed
    functions: list  # those whose proofs may notice
    operator: str
    key: str
    text: str       # the whole file, changed

    @property
    def unit(self):
        return HEADERS.get(self.file, self.file)


def edited(text, found, first, last, change):
    """(what was there, what is there now, the whole file)."""
    start, end = found[first].start, found[last].end
    before = text[start:end]
    if isinstance(change, str):
        after = change
    elif isinstance(change[0], tuple):
        (a, b), (c, d) = change
        one, other = text[found[a].start:found[b].end], text[found[c].start:found[d].end]
        after = other + text[found[b].end:found[c].start] + one
    else:
        opening, at, closing = change
        if opening.endswith("("):
            after = opening + before + closing
        else:  # another function, with more arguments before the bracket
            inner = text[found[first].end:found[at].start]
            after = opening + inner + closing + ")"
    return before, after, text[:start] + after + text[end:]


def one_line(text):
    return " ".join(text.split())


def affected(part, every):
    """The functions that a change of `part` may change."""
    if not part.is_macro:
        return [part.name]
    names = {part.name}
    for _ in every:
        names |= {other.name for other in every if other.is_macro and other.words() & names}
    return [other.name for other in every if not other.is_macro and other.words() & names]


def rank(mutant):
    """A number by lot, the same each time."""
    return hashlib.sha256(f"{mutant.file}: {mutant.key}".encode()).hexdigest()


def mutants(file):
    """Those mutants of `file` that are judged, in its order."""
    made = all_mutants(file)
    drawn = {mutant.key for mutant in sorted(made, key=rank)[:MUTANTS_PER_FILE_MAX]}
    return [mutant for mutant in made if mutant.key in drawn]


def all_mutants(file):
    """The mutants of `file`, in the order of the file and then of the operators."""
    text = pathlib.Path(file).read_text()
    every = parts(text)
    made, seen, counts = [], {text}, collections.Counter()
    for part in every:
        functions, asserted = affected(part, every), within_assertion(part)
        for operator in MACRO_OPERATORS if part.is_macro else OPERATORS:
            for first, last, change, name in operator(part):
                before, after, changed = edited(text, part.tokens, first, last, change)
                if changed in seen or not functions or first in asserted:
                    continue
                seen.add(changed)
                at = part.tokens[first].start
                line = one_line(text[text.rfind("\n", 0, at) + 1:text.find("\n", at)])
                what = f"{one_line(before)} -> {one_line(after)}" if after else "gone"
                key = f"{part.name}: {line}: {name}: {what}"
                counts[key] += 1
                if counts[key] > 1:
                    key += f" #{counts[key]}"
                made.append(Mutant(file, part.name, functions, name, key, changed))
    return made


def proven_files():
    """Every file whose mutants are made, lowest floor first."""
    from proof.units import UNITS
    units = [unit for unit, _, _ in UNITS if unit.startswith("src/")]
    units += [header for header, unit in HEADERS.items() if unit in units]
    floors = ["src/base/", "src/core/", "src/sys/epoll/", "src/sys/eventfd/", "src/poll/",
              "src/net/"]
    return sorted((unit for unit in units if any(map(unit.startswith, floors))),
                  key=lambda unit: ([unit.startswith(floor) for floor in floors].index(True),
                                    unit))
