# SPDX-License-Identifier: MIT
"""A verdict that lies must not reach a fresh run.

A goal that is false is asked, the memory of it is changed to "valid", and it is asked
again: from memory it is proven, so the lie is told; afresh it has to be refused.
"""
import shutil

from proof.cache import WRITTEN
from proof.run import SESSION, WORK, Run
from proof.units import CANARIES

FOLDER = WORK / "poison"
FILE = "spec/canary/lemma_canary.c"


def asked(mode):
    """What a run of the canary says of the false goals: a Run that has been judged."""
    file, refused, options = next(row for row in CANARIES if row[0] == FILE)
    run = Run(file, [], options, refused)
    run.log = FOLDER / f"{mode}.log"
    run.start(["-wp-cache", mode, "-wp-cache-dir", str(FOLDER / "cache"), "-wp-session", SESSION])
    run.process.wait()
    run.finish()
    return run


def judge():
    """What is wrong, one line each."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    (FOLDER / "cache").mkdir(parents=True)
    if asked("update").problem:
        return [f"{FILE}: not refused, see {FOLDER}"]
    entries = list((FOLDER / "cache").glob("*.json"))
    for path in entries:
        prover = WRITTEN.fullmatch(path.read_text().strip())["prover"]
        path.write_text(f'{{ "prover": "{prover}", "verdict": "valid", "time": 0.01 }}\n')
    if not entries or not asked("offline").problem.startswith("proven: "):
        return ["the verdict that lies is not believed even from memory: nothing is tested"]
    if asked("none").problem:
        return ["a verdict that lies has reached a fresh run"]
    return []
