# SPDX-License-Identifier: MIT
"""What the tables leave out."""
import pathlib
import re

from proof.units import CANARIES, PROVEN_FLOORS, TRUSTED, UNITS

# An option that leaves goals out of a run would let its lemmas go unproven.
SELECTS_GOALS = re.compile(r"^-wp-(fct|skip-fct|prop|bhv|status)")


def omissions():
    """What the tables of units leave out, or do not do, one line each."""
    listed = {file for file, _, _ in UNITS}
    found = [f"{path}: not in the tables of ci/proof/units.py" for floor in PROVEN_FLOORS
             for path in sorted(pathlib.Path(floor).glob("*.c"))
             if str(path) not in listed | TRUSTED]
    for folder, table in (("spec/laws", UNITS), ("spec/canary", CANARIES)):
        here = {file for file, _, _ in table}
        found += [f"{path}: not in the tables of ci/proof/units.py"
                  for path in sorted(pathlib.Path(folder).glob("*.c")) if str(path) not in here]
    found += [f"{row[0]}: {option} leaves goals out" for row in UNITS
              for option in row[2] if SELECTS_GOALS.match(option)]
    return found
