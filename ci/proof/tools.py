# SPDX-License-Identifier: MIT
"""The tools of the proofs, and the private configuration of Why3."""
import os
import re
import shutil
import subprocess
import sys

from proof.run import ROOT, WORK

CVC5_DRIVER = "spec/tools/cvc5.drv"


def configure():
    """Writes the private Why3 configuration; names what is missing, and ends."""
    missing = [tool for tool in ("frama-c", "why3", "cvc4", "z3", "cvc5")
               if shutil.which(tool) is None]
    if missing:
        sys.exit(f"ci/prove: not installed: {' '.join(missing)}; ci/setup installs them")
    (WORK / "logs").mkdir(parents=True, exist_ok=True)
    (WORK / "cache").mkdir(exist_ok=True)
    # Written aside and moved in place, for a run that may be reading it.
    config = WORK / f"why3.{os.getpid()}.conf"
    done = subprocess.run(["why3", "-C", str(config), "config", "detect"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0 or not config.exists():
        sys.exit(f"ci/prove: why3 config detect failed\n{done.stdout}")
    said = subprocess.run(["cvc5", "--version"], stdout=subprocess.PIPE, text=True).stdout
    version = re.search(r"version (\S+)", said)[1]
    cvc5 = shutil.which("cvc5")
    with config.open("a") as out:
        out.write('\n[prover]\nname = "CVC5"\nshortcut = "cvc5"\n'
                  f'version = "{version}"\ndriver = "{(ROOT / CVC5_DRIVER)}"\n'
                  f'command = "{cvc5} --tlimit=%t000 --lang=smt2 %f"\n'
                  f'command_steps = "{cvc5} --rlimit=%S --lang=smt2 %f"\n')
    config.replace(WORK / "why3.conf")
