# SPDX-License-Identifier: MIT
"""What the run has shown, as a table."""
import re

from proof.goals import LEMMAS, provers

HEAD = ("file", "functions", "goals", "provers", "seconds", "theorems", "")


def functions_of(run):
    return sorted({goal.function for goal in run.proofs} - {"", LEMMAS})


def served(run, theorems):
    """The theorems that goals of this file prove, shortly."""
    found = {theorem.name for theorem in theorems
             if any(file == run.file for file, _ in theorem.goals)}
    return sorted(found, key=lambda name: (int(re.sub(r"\D", "", name) or 0), name))


def verdict(run):
    return f"FAIL: {run.problem}" if run.problem else "refused" if run.refused else "proven"


def row(run, theorems):
    by = ", ".join(f"{name} {count}" for name, count in provers(run.proofs).items())
    return (run.file, "" if run.refused else str(len(functions_of(run))),
            f"{run.covered}/{run.goals}", by, f"{run.seconds:.1f}",
            " ".join(served(run, theorems)), verdict(run))


def totals(runs):
    units = [run for run in runs if not run.refused]
    goals = [goal for run in units for goal in run.proofs]
    by = ", ".join(f"{name} {count}" for name, count in provers(goals).items())
    return ("total", str(sum(len(functions_of(run)) for run in units)),
            f"{sum(run.covered for run in units)}/{sum(run.goals for run in units)}", by,
            f"{sum(run.seconds for run in units):.1f}", "", "")


def table(runs, theorems):
    """Prints a row for each run, units first, and their sum."""
    rows = [HEAD] + [row(run, theorems) for run in runs if not run.refused]
    rows += [totals(runs)] + [row(run, theorems) for run in runs if run.refused]
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(HEAD) - 1)]
    right = {1, 2, 4}
    for cells in rows:
        print("  ".join(cell.rjust(width) if column in right else cell.ljust(width)
                        for column, (cell, width) in enumerate(zip(cells, widths)))
              + "  " + cells[-1])
