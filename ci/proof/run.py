# SPDX-License-Identifier: MIT
"""Runs Frama-C on units and canaries, and judges what it says."""
import dataclasses
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

from proof.goals import goals_in
from proof.units import CANARIES, CANARY_TIMEOUT, SMOKE, TIMEOUT, UNITS

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WORK = pathlib.Path("build/prove")
SESSION = "spec/session"

INCLUDES = ["src", "src/os/linux", "src/sys/epoll", "src/sys/eventfd"]
PREPROCESS = [f"-I{folder}" for folder in INCLUDES] + ["-DVIGIL_API=", "-DVIGIL_CHECKED="]
KERNEL = ["-c11", "-machdep", "gcc_x86_64"]
for key in ("annot-error", "typing:implicit-function-declaration", "annot:missing-spec"):
    KERNEL += ["-kernel-warn-key", f"{key}=abort"]
PROVERS = ["-wp-prover", "script,cvc4,z3,cvc5"]
WP = ["-wp", "-wp-rte", "-warn-unsigned-overflow", "-warn-unsigned-downcast", "-wp-par", "1"]
# The second opinion: no property may be left without a proof of its own.
REPORT = ["-then", "-report-classify", "-report-unclassified-unknown", "ERROR",
          "-report-unclassified-untried", "SKIP", "-report-unclassified-warning", "ERROR"]

CACHE = WORK / "cache"
# A prover is asked every time about what must be refused.
NO_MEMORY = ["-wp-cache", "none", "-wp-session", SESSION]

PROVED = re.compile(r"^\[wp\] Proved goals:\s+(\d+) / (\d+)", re.M)
VALID = re.compile(r"^\[wp\] \[[^]]+\] Goal (\S+) : Valid"
                   r"|^\[wp\] \[Passed\] Smoke-test (\S+)", re.M)
REFUSED = re.compile(r"^\[wp\] \[[^]]+\] Goal (\S+)(?: : (?!Valid).*)?$"
                     r"|^\[wp\] \[Failed\] Smoke-test (\S+)", re.M)
COMPLAINT = re.compile(r"^\[[\w:-]+\].*(?:Warning:|User Error|\[Failed\]).*$"
                       r"|^\[ERROR.*$|.*: (?:Timeout|Unknown|Failed).*$", re.M)
# The executable kernel adds to a contract of the seam that its own state stays
# valid: two contracts, and both are proven.
TWO_CONTRACTS = re.compile(r"^\[kernel\] spec/os/executable/\S+ Warning: *\n"
                           r"  found two (?:contracts|different terminates clauses)[^\n]*\n",
                           re.M)
# Verdicts that WP was told to have, and has not.
MISSED = re.compile(r"^\[wp\] \[Cache\].* failed:(\d+)", re.M)
LINES_SHOWN_MAX = 40


@dataclasses.dataclass
class Run:
    """One run of Frama-C: a unit, or a canary where `refused` is not empty."""
    file: str
    lemmas: list
    options: list
    refused: list
    goals: int = 0
    covered: int = 0
    seconds: float = 0.0
    problem: str = ""
    proofs: list = dataclasses.field(default_factory=list)

    def __post_init__(self):
        self.name = self.file.replace("/", "_")
        self.log = WORK / "logs" / f"{self.name}.log"
        self.process = None

    def start(self, memory):
        timeout = CANARY_TIMEOUT if self.refused else TIMEOUT
        provers = [] if "-wp-prover" in self.options else PROVERS
        # Folders of its own come before the others: they may stand in for one.
        folders = [option for option in self.options if option.startswith("-I")]
        options = [option for option in self.options if option not in folders]
        command = ["frama-c", *KERNEL, "-cpp-extra-args=" + " ".join(folders + PREPROCESS),
                   self.file, *self.lemmas, *WP, *provers, *options,
                   *memory, "-wp-timeout", str(timeout)]
        if not self.refused:
            command += SMOKE + REPORT
        environment = dict(os.environ, WHY3CONFIG=str((WORK / "why3.conf").resolve()))
        self.problem = ""
        self.begin = time.monotonic()
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=subprocess.STDOUT, env=environment,
                                            start_new_session=True)

    def finish(self):
        self.seconds = time.monotonic() - self.begin
        text = self.log.read_text()
        found = PROVED.search(text)
        if found is None or "Plug-in wp aborted" in text:
            self.problem = "no verdict"
        elif self.refused:
            self.judge_canary(text)
        else:
            self.judge_unit(text, int(found[1]), int(found[2]))
        if self.problem and not self.refused:
            complaints = COMPLAINT.findall(text)
            shown = list(dict.fromkeys(complaints))[:LINES_SHOWN_MAX]
            self.problem += "".join(f"\n      {line.strip()}" for line in shown)

    def judge_unit(self, text, proved, total):
        self.covered, self.goals = proved, total
        self.proofs = goals_in(text)
        missed = MISSED.search(text)
        if proved != total or total == 0:
            self.problem = "not proven"
        elif "[Failed]" in text or "Warning:" in TWO_CONTRACTS.sub("", text):
            self.problem = "failures or warnings"
        elif self.process.returncode != 0:
            self.problem = f"exit status {self.process.returncode}"
        elif missed:
            self.problem = f"{missed[1]} verdicts are not in the committed cache"
        elif len(self.proofs) != proved:
            self.problem = f"{len(self.proofs)} goals in a log of {proved}"

    def judge_canary(self, text):
        valid = [a or b for a, b in VALID.findall(text)]
        refused = [a or b for a, b in REFUSED.findall(text)]
        self.goals = len(self.refused)
        for pattern in self.refused:
            if any(pattern in goal for goal in valid):
                self.problem += f"proven: {pattern}; "
            elif not any(pattern in goal for goal in refused):
                self.problem += f"no such goal: {pattern}; "
            else:
                self.covered += 1


def runs_for(files):
    runs = [Run(file, lemmas, options, []) for file, lemmas, options in UNITS]
    runs += [Run(file, [], options, refused) for file, refused, options in CANARIES]
    unknown = set(files) - {run.file for run in runs}
    if unknown:
        sys.exit(f"ci/prove: not in the table: {' '.join(sorted(unknown))}")
    return [run for run in runs if not files or run.file in files]


def progress(waiting, running, done, begin):
    if sys.stdout.isatty():
        names = ", ".join(f"{run.file} {run.log.read_text().count('Goal ')}" for run in running)
        line = f"{done} of {done + len(running) + len(waiting)} files, " \
               f"{time.monotonic() - begin:.0f} s: {names}"
        columns = shutil.get_terminal_size().columns - 1
        sys.stdout.write(f"\r\033[K{line[:columns]}")
        sys.stdout.flush()


def prove(runs, jobs, memory):
    """Runs them all, `jobs` at a time, in the order given; `memory` gives the options
    that say which verdicts a unit may reuse."""
    waiting, running, done, begin = list(runs), [], 0, time.monotonic()
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                running.append(waiting.pop(0))
                running[-1].start(NO_MEMORY if running[-1].refused else memory(running[-1]))
            for run in [run for run in running if run.process.poll() is not None]:
                running.remove(run)
                run.finish()
                done += 1
            progress(waiting, running, done, begin)
            time.sleep(0.2)
    finally:
        for run in running:
            os.killpg(run.process.pid, signal.SIGKILL)
    if sys.stdout.isatty():
        sys.stdout.write("\r\033[K")
