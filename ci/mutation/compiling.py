# SPDX-License-Identifier: MIT
"""Compiles a mutant as the library is compiled, and says whether the compiler
sees any difference."""
import pathlib
import subprocess

import layout

# A pointer where a number is asked for is an error to every reader but gcc 12.
REFUSED = ["-Werror=int-conversion", "-Werror=incompatible-pointer-types"]
OPTIONS = ["-O2", "-g0", "-w", "-fvisibility=hidden", "-pthread", "-c", "-x", "c"]


def shadowed(mutant, folder):
    """Puts the mutant into a folder that an -I before all others finds first, and the
    unit beside it: a header is looked for there before anywhere else."""
    path = pathlib.Path(folder, mutant.file)
    unit = pathlib.Path(folder, mutant.unit)
    for target, text in ((unit, pathlib.Path(mutant.unit).read_text()), (path, mutant.text)):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    inner = path.parent.relative_to(folder)
    folders = [f"-I{pathlib.Path(folder, 'src')}"]
    if str(inner) in layout.INCLUDE:  # where a name without a folder is found
        folders.append(f"-I{pathlib.Path(folder, inner)}")
    return unit, folders


def compile_text(source, text, target, folders=()):
    """Compiles `text` under the name `source`, so that nothing but the code
    decides what comes out; answers whether it is C."""
    command = ["gcc", *folders, *layout.flags(source), *OPTIONS, *REFUSED, "-", "-o", str(target)]
    return subprocess.run(command, input=f'# 1 "{source}"\n{text}', text=True,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def compiled(mutant, folder):
    """The object of the unit with the mutant in it, or None if that is not C."""
    target = pathlib.Path(folder, "mutant.o")
    if mutant.file == mutant.unit:
        good = compile_text(mutant.unit, mutant.text, target)
    else:
        _, folders = shadowed(mutant, folder)
        text = pathlib.Path(mutant.unit).read_text()
        good = compile_text(mutant.unit, text, target, folders)
    return target if good else None


def original(unit, folder):
    """The bytes of the unit's object, unchanged."""
    target = pathlib.Path(folder, "original.o")
    if not compile_text(unit, pathlib.Path(unit).read_text(), target):
        raise SystemExit(f"ci/mutate: {unit} does not compile")
    return target.read_bytes()
