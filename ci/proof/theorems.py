# SPDX-License-Identifier: MIT
"""spec/THEOREMS.md, read so that it cannot promise what no goal proves.

Each row of a table headed `| | promise | file | goals |` is a theorem: its name
(that of the row above where empty), its sentence, the files, and what the goals are
called: a label, a function, `function`: followed by labels of it, or "all".
"""
import dataclasses
import fnmatch
import pathlib
import re

THEOREMS = pathlib.Path("spec/THEOREMS.md")
HEAD = re.compile(r"^\| *\| *promise *\| *files? *\| *goals? *\|$")
CODE = re.compile(r"`([^`]+)`")
SCOPED = re.compile(r"`(\w+)`: *(`.*)")
# Where the files of the document are found.
PLACES = ["", "src/", "spec/"]


@dataclasses.dataclass
class Theorem:
    """A row of the document, and the goals of this run that it names."""
    name: str
    promise: str
    files: list
    models: list
    named: str
    goals: list = dataclasses.field(default_factory=list)
    faults: list = dataclasses.field(default_factory=list)


def read_theorems(text, units):
    """The theorems of the document `text`; `units` are all the files proven."""
    found, inside, name, first = [], False, "", {}
    for line in text.splitlines():
        if not line.startswith("|"):
            inside = False
        elif HEAD.match(line):
            inside = True
        elif inside and not line.startswith("| ---"):
            cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
            if len(cells) == 3 and line.startswith("| |"):
                cells.insert(0, "")
            name = cells[0].strip("| ") or name
            theorem = Theorem(name, cells[-3], [], [], cells[-1])
            like = re.match(r"as (T\d+)", cells[-2])
            if like and like[1] in first:
                theorem.files = first[like[1]].files
            else:
                resolve(theorem, cells[-2], units)
            first.setdefault(name, theorem)
            found.append(theorem)
    return found


def resolve(theorem, cell, units):
    """Fills in which units the column `cell` means."""
    folder = ""
    for word in CODE.findall(cell):
        places = PLACES + [place + folder for place in PLACES]
        models = [place + word for place in PLACES if pathlib.Path(place + word).is_file()]
        pattern = word + "*" if word.endswith("/") else word
        met = [unit for unit in units
               if any(fnmatch.fnmatch(unit, place + pattern) for place in places)]
        if met:
            theorem.files += [unit for unit in met if unit not in theorem.files]
            folder = word.rpartition("/")[0] + "/" if "/" in word else folder
        elif word.endswith(".pml") and models:
            theorem.models += models
        else:
            theorem.faults.append(f"`{word}` is proven by no unit")
    if not theorem.files and not theorem.models:
        theorem.faults.append("names no file")


def choose(theorem, proofs):
    """Finds the goals that `theorem` names among `proofs`, by file."""
    there = [(file, goal) for file in theorem.files for goal in proofs.get(file, [])]
    chosen = []
    for clause in theorem.named.split(";"):
        scoped = SCOPED.search(clause)
        words = CODE.findall(scoped[2] if scoped else clause)
        for word in words:
            met = [pair for pair in there if names(word, pair[1], scoped and scoped[1])]
            if not met:
                theorem.faults.append(f"no proven goal `{word}`")
            chosen += met
        if re.search(r"\ball\b", clause) and not words:
            chosen += [pair for pair in there if "laws" not in clause or "laws/" in pair[0]]
        elif not words and theorem.files:
            theorem.faults.append(f"names no goal: {clause.strip()}")
    if theorem.files and not chosen:
        theorem.faults.append("has no goal")
    theorem.goals = [pair for pair in there if pair in set(chosen)]


def names(word, goal, function):
    """Whether `word` names `goal`: as a label, of `function` if one is said, or as the
    function itself."""
    if function:
        return goal.function == function and labelled(word, goal)
    return goal.function == word or labelled(word, goal)


def labelled(word, goal):
    return f"_{word.strip('_')}_" in f"_{goal.label}_"


def judge(runs, units):
    """The theorems with their goals in `runs`; those of files that did not run are left
    out. What is wrong with them, one line each."""
    proofs = {run.file: run.proofs for run in runs if not run.refused}
    whole = len(proofs) == len(units)
    theorems = [theorem for theorem in read_theorems(THEOREMS.read_text(), units)
                if whole or theorem.files and all(file in proofs for file in theorem.files)]
    faults = self_test()
    for theorem in theorems:
        choose(theorem, proofs)
        faults += [f"{THEOREMS}: {theorem.name}: {fault}: {theorem.promise[:60]}"
                   for fault in theorem.faults]
    return theorems, faults


def self_test():
    """A document with a fault of each kind has to be faulted."""
    rows = ["| T1 | one | `a.c` | `gone` |", "| | two | `missing.c` | all |",
            "| T2 | three | `a.c` | some |", "| T3 | four | as T1 | `f`: `there` |"]
    text = "\n".join(["| | promise | file | goals |", "| --- |", *rows])
    theorems = read_theorems(text, ["a.c"])
    goal = dataclasses.make_dataclass("G", ["function", "label"], frozen=True)("f", "ensures_there")
    for theorem in theorems:
        choose(theorem, {"a.c": [goal]})
    right = [theorem.name for theorem in theorems] == ["T1", "T1", "T2", "T3"] and \
        [bool(theorem.faults) for theorem in theorems] == [True, True, True, False]
    return [] if right else [f"{THEOREMS}: faults that were planted are not found"]
