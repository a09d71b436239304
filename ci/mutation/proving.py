# SPDX-License-Identifier: MIT
"""Asks the provers whether a mutant still meets its contract.

This is no proof of anything that is right: it only looks for one goal that
fails, so it asks about the changed functions alone, and with short timeouts. A
goal counts as failed only if the same goal of the unchanged code is proven in a
quarter of the time that it was given now; otherwise it is given more.
"""
import os
import pathlib
import re
import signal
import subprocess
import threading

from mutation.compiling import shadowed
from proof import tools
from proof.cache import expand
from proof.run import KERNEL, PREPROCESS, PROVERS, ROOT, SESSION
from proof.units import UNITS

WORK = pathlib.Path("build/mutate")
SECONDS_MIN, SECONDS_MAX, MARGIN = 1, 40, 4
RUN_SECONDS_MAX = 900
# Of a goal that is false every prover makes use of all its time.
PROVERS_AT_ONCE = "3"
WP = ["-wp", "-wp-rte", "-warn-unsigned-overflow", "-warn-unsigned-downcast",
      "-wp-par", PROVERS_AT_ONCE, "-wp-session", SESSION, "-wp-cache", "update"]
CHOSEN = "-wp-fct"
REFUSED = "refused"

VALID = re.compile(r"\[wp\] \[[^]]+\] Goal (\S+) : Valid(.*)")
FAILED = re.compile(r"\[wp\] \[(?:Failed|Timeout|Unknown|Stepout)\] Goal (\S+)"
                    r"|\[wp\] \[[^]]+\] Goal (\S+) : (?!Valid)")
SPENT = re.compile(r"\(([\d.]+)(ms|s)\)")
# What is wrong for every input is a warning and no goal; ci/prove fails on it too.
ALWAYS_WRONG = "guaranteed run-time error"
ALWAYS = re.compile(r"\s+guaranteed RTE:")
NUMBERS = re.compile(r"(_\d+)?(_part\d+)?$")
PROVED = re.compile(r"\[wp\] Proved goals:\s+(\d+) / (\d+)")


# Name, driver, and what is run; Why3 puts its own time limit elsewhere.
LIMITED = ROOT / "ci/mutation/limited"
ENTRY = """
[prover]
name = "{name}"
shortcut = "{shortcut}"
version = "{version}"
driver = "{driver}"
command = "{limited} %t {command} %f"
"""
LIMITED_PROVERS = [
    ("CVC4", "cvc4_17", "cvc4 --stats --lang=smt2"),
    ("Z3", "z3_471", "z3 -smt2 sat.random_seed=42 nlsat.randomize=false smt.random_seed=42 -st"),
    ("CVC5", str(ROOT / tools.CVC5_DRIVER), "cvc5 --lang=smt2"),
]


def configure():
    """A private Why3 configuration and cache: nothing of a mutant's may get into
    those of the proofs, but what the proofs have found is found here too."""
    tools.WORK = WORK
    (WORK / "cache").mkdir(parents=True, exist_ok=True)
    tools.configure()
    config = WORK / "why3.conf"
    text = config.read_text()
    versions = dict(re.findall(r'name = "(\w+)"[^[]*?version = "([\d.]+)"', text))
    text = text[:text.index("[partial_prover]")]
    for name, driver, command in LIMITED_PROVERS:
        text += ENTRY.format(name=name, shortcut=name.lower(), version=versions[name],
                             driver=driver, limited=LIMITED, command=command)
    config.write_text(text)
    expand(WORK / "committed")
    for folder in (WORK / "committed", pathlib.Path("build/prove/cache")):
        for entry in folder.glob("*.json"):
            copy, text = WORK / "cache" / entry.name, entry.read_text()
            # That a prover gave up was by the clock, and on another day.
            if not copy.exists() and '"valid"' in text:
                copy.write_text(text)


def seconds(verdict):
    """What the prover took, from the end of a line that says Valid."""
    found = SPENT.findall(verdict)
    return float(found[-1][0]) / (1000 if found[-1][1] == "ms" else 1) if found else 0.0


class Unproven(Exception):
    """A function that is not proven as it stands: of its mutants nothing can be said."""


class Unit:
    """A unit of ci/prove, and what its goals take while nothing is changed."""

    def __init__(self, name):
        self.name = name
        self.lemmas, self.options = next(row[1:] for row in UNITS if row[0] == name)
        self.taken, self.lock = {}, threading.Lock()

    def run(self, source, folders, functions, limit):
        """Yields (goal, seconds or None) as Frama-C decides; None is a failure.
        The last of all is ("", goals), if Frama-C came to an end."""
        provers = [] if "-wp-prover" in self.options else PROVERS
        command = ["timeout", str(RUN_SECONDS_MAX), "frama-c", *KERNEL,
                   "-cpp-extra-args=" + " ".join([*folders, *PREPROCESS]), source, *self.lemmas,
                   *WP, "-wp-cache-dir", str(WORK / "cache"), *provers, *self.options,
                   CHOSEN, ",".join(functions), "-wp-timeout", str(limit)]
        environment = dict(os.environ, WHY3CONFIG=str((WORK / "why3.conf").resolve()))
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, env=environment, text=True,
                                   start_new_session=True)
        try:
            for line in process.stdout:
                valid, failed = VALID.match(line), FAILED.match(line)
                done = PROVED.match(line)
                if valid:
                    yield valid[1], seconds(valid[2])
                elif failed:
                    yield failed[1] or failed[2], None
                elif ALWAYS.match(line):
                    yield ALWAYS_WRONG, None
                elif done:
                    yield "", int(done[2])
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def measure(self, functions):
        """Runs the unchanged code, and remembers what its goals take."""
        for function in functions:
            if function in self.taken:
                continue
            found, goals = {}, 0
            for goal, spent in self.run(self.name, [], [function], SECONDS_MAX):
                if goal and spent is None:
                    raise Unproven(f"{self.name}: {goal} is not proven as it stands")
                found[goal], goals = spent, goals or (spent if not goal else 0)
            if not goals:
                raise Unproven(f"{self.name}: no proof of {function}")
            found.pop("", None)
            self.taken[function] = found

    def expected(self, goal, functions):
        """Seconds that `goal` takes in the unchanged code. A change moves the numbers
        at the ends of names, so the slowest of that family counts, and of all goals
        where the family is new."""
        times, family = [], []
        for function in functions:
            for name, spent in self.taken[function].items():
                times.append(spent)
                if NUMBERS.sub("", name) == NUMBERS.sub("", goal):
                    family.append(spent)
        return max(family or times or [0.0])

    def kills(self, mutant, folder):
        """The goal that fails; "" if all are proven, "refused" if Frama-C does
        not accept the source."""
        with self.lock:
            self.measure(mutant.functions)
        source, folders = shadowed(mutant, folder)
        limit, slow, ended = SECONDS_MIN, 0.0, False
        while True:
            for goal, spent in self.run(str(source), folders, mutant.functions, limit):
                ended = ended or not goal
                if not goal or spent is not None:
                    continue
                expected = self.expected(goal, mutant.functions)
                if goal == ALWAYS_WRONG:
                    return goal
                if expected * MARGIN <= limit:
                    return goal
                slow = max(slow, expected)
            if not ended:
                return REFUSED
            if not slow or limit == SECONDS_MAX:
                return ""
            limit, slow, ended = min(int(slow * MARGIN) + 1, SECONDS_MAX), 0.0, False
