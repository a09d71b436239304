# SPDX-License-Identifier: MIT
"""What became of each mutant, as it is committed."""
import collections
import json
import pathlib

from mutation.mutants import mutants, proven_files, rank
from mutation.source import comments

VERDICTS = pathlib.Path("spec/mutants/verdicts.json")
EQUIVALENT = pathlib.Path("spec/mutants/equivalent.json")
MUTANTS_MIN = 400

# A verdict is one of these, or PROOF or TEST with what noticed behind it.
NOT_C, SAME_OBJECT, SURVIVES = "not C", "same object", "survives"
UNTESTED = "no proof sees it, no test was asked"
PROOF, TEST = "proof: ", "test: "


def read(path):
    return json.loads(path.read_text()) if path.exists() else {}


def write(found):
    VERDICTS.parent.mkdir(exist_ok=True)
    VERDICTS.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")


def every_mutant(files):
    return [mutant for file in files or proven_files() for mutant in mutants(file)]


def is_explained(arguments, file, key):
    return bool(arguments.get(file, {}).get(key))


def counts(found, arguments, file):
    """How many of a file's mutants fared how."""
    count = collections.Counter()
    for key, verdict in found.get(file, {}).items():
        kind = verdict.split(": ")[0]
        if verdict in (SURVIVES, UNTESTED):
            kind = "equivalent" if is_explained(arguments, file, key) else "unexplained"
        count[kind] += 1
    return count


COLUMNS = ["proof", "test", "equivalent", "unexplained"]


def table(found, files):
    arguments, total = read(EQUIVALENT), collections.Counter()
    width = max(map(len, files))
    print(f"{'':{width}}  mutants  " + "  ".join(COLUMNS) + "  by proof")
    for file in files + ["all"]:
        count = counts(found, arguments, file) if file != "all" else total
        if file != "all":
            total.update(count)
        print(f"{file:{width}}  {line(count)}")
    print(f"besides, {total[SAME_OBJECT]} from which the compiler makes the same object, and "
          f"{total[NOT_C]} that are not C")
    return total


def line(count):
    made = sum(count[column] for column in COLUMNS)
    share = f"{100 * count['proof'] / made:7.1f} %" if made else "       –"
    cells = "  ".join(f"{count[column]:{len(column)}}" for column in COLUMNS)
    return f"{made:7}  {cells}  {share}"


def faults(found):
    """What is wrong with the committed verdicts, one line each."""
    arguments, made, wrong = read(EQUIVALENT), 0, []
    for file in sorted(set(found) | set(proven_files())):
        made_now = mutants(file) if pathlib.Path(file).exists() else []
        wrong += [f"{file}: changes an annotation: {mutant.key}" for mutant in made_now
                  if comments(mutant.text) != comments(pathlib.Path(file).read_text())]
        now = {mutant.key for mutant in made_now}
        then = set(found.get(file, {}))
        then -= {key for key in then if found[file][key] == UNTESTED}
        wrong += [f"{file}: no verdict: {key}" for key in sorted(now - then)]
        wrong += [f"{file}: no such mutant: {key}" for key in sorted(then - now)]
        count = counts(found, arguments, file)
        made += sum(count[column] for column in COLUMNS)
        wrong += [f"{file}: survives unexplained: {key}"
                  for key, verdict in sorted(found.get(file, {}).items())
                  if verdict == SURVIVES and not is_explained(arguments, file, key)]
    for file, keys in arguments.items():
        wrong += [f"{file}: said to be equivalent, but: {found.get(file, {}).get(key)}: {key}"
                  for key in keys if found.get(file, {}).get(key) != SURVIVES]
    if any(": no verdict: " in fault for fault in wrong):
        wrong.append("ci/mutate --resume judges what has no verdict")
    if made < MUTANTS_MIN:
        wrong.append(f"{made} mutants, of which there must be {MUTANTS_MIN}")
    return wrong


def in_turns(every):
    """By lot, but one of each file, then another one of each file, and so on."""
    turns, placed = collections.Counter(), []
    for mutant in sorted(every, key=rank):
        turns[mutant.file] += 1
        placed.append((turns[mutant.file], rank(mutant), mutant))
    return [mutant for _, _, mutant in sorted(placed, key=lambda row: row[:2])]


def sample(every, found, size):
    """The same mutants each time, as if drawn by lot: some that survive, some that
    the compiler does not see or take, and for the rest some of each file."""
    drawn = sorted(every, key=rank)
    chosen = []
    for verdict, share in ((SURVIVES, size // 10), (SAME_OBJECT, size // 10), (NOT_C, 1)):
        chosen += [mutant for mutant in drawn
                   if found[mutant.file].get(mutant.key) == verdict][:share]
    killed = [mutant for mutant in drawn
              if found[mutant.file].get(mutant.key, "").startswith((PROOF, TEST))]
    return (chosen + in_turns(killed))[:size]
