# SPDX-License-Identifier: MIT
"""The goals of a run, read from the log of WP."""
import collections
import dataclasses
import re

LINE = re.compile(r"^\[wp\] \[(?P<who>[^]]+)\] (?P<kind>Goal|Smoke-test) (?P<name>\S+)"
                  r"(?: : Valid(?P<rest>.*))?$", re.M)
TIME = re.compile(r"\((?:Qed:)?([0-9.]+)(ms|s|')\)")
FUNCTION = re.compile(r"^\[rte:annot\] annotating function (\S+)$", re.M)
UNITS_OF_TIME = {"ms": 0.001, "s": 1.0, "'": 60.0}
LEMMAS = "lemmas"
SMOKE = "smoke test"


@dataclasses.dataclass(frozen=True)
class Goal:
    """A goal that was proven, by whom, and how long that took when it was asked."""
    name: str
    function: str
    label: str
    prover: str
    seconds: float
    remembered: bool


def goals_in(log):
    """The proven goals of `log`, by function and name, as WP's own order changes from run
    to run; a smoke test that passed is one."""
    functions = sorted(FUNCTION.findall(log), key=len, reverse=True)
    found = []
    for match in LINE.finditer(log):
        smoke = match["kind"] == "Smoke-test"
        if smoke and match["who"] == "Passed" or not smoke and match["rest"] is not None:
            function, label = split_name(match["name"], functions)
            rest = match["rest"] or ""
            spent = sum(float(number) * UNITS_OF_TIME[unit] for number, unit in TIME.findall(rest))
            found.append(Goal(match["name"], function, label, SMOKE if smoke else match["who"],
                              spent, rest.endswith("(cached)")))
    return sorted(found, key=lambda goal: (goal.function, counted(goal.label)))


def counted(label):
    """A key by which part2 comes before part10."""
    return [(word.isdigit(), int(word) if word.isdigit() else 0, word)
            for word in re.split(r"(\d+)", label)]


def split_name(name, functions):
    """The function that a goal belongs to, and what is said there."""
    bare = name.removeprefix("typed_")
    if bare.startswith("lemma_"):
        return LEMMAS, bare.removeprefix("lemma_")
    for function in functions:
        if bare.startswith(function + "_"):
            return function, bare[len(function) + 1:]
    return "", bare


def provers(goals):
    """How many goals by whom: Qed first, as it is asked first."""
    counts = collections.Counter("Qed" if goal.prover == "CFG" else goal.prover
                                 for goal in goals)
    order = sorted(counts, key=lambda name: (name != "Qed", name == SMOKE, name))
    return {name: counts[name] for name in order}
