#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The house rules, as a check.

  tidy.py [ROOT]

Each rule is one function that yields (line, message) for what it refuses in a
file; tidy_test.py holds at least one file for each that it must refuse.
"""
import ast
import dataclasses
import pathlib
import re
import sys

FILE_LINES_MAX = 500
THREATS = "docs/THREATS.md"
FUNCTION_LINES_MAX = 40
COLUMNS_MAX = 100

# The floors of src/: a file includes its own folder and lower floors.
FLOORS = {"base": 0, "core": 1, "os": 2, "sys": 3, "poll": 4, "net": 5, "ext": 5}
SHARED_BACKEND = "posix"
# The simulation is a platform whose kernel is the model. Neither is in vigil.c.
SIMULATED = ("sim", "model")
UMBRELLA = "vigil.h"

FREESTANDING = {"stdint.h", "stdbool.h", "stddef.h"}
HOSTED = FREESTANDING | {"limits.h", "string.h"}
SYSTEM_HEADERS = {
    "base": HOSTED | {"stdio.h", "stdlib.h", "errno.h"},
    "core": FREESTANDING,
    "sys": HOSTED,
    "poll": HOSTED,
    # <arpa/inet.h> reads and writes addresses as text, and makes no system call.
    "net": HOSTED | {"stdio.h", "inttypes.h", "arpa/inet.h"},
    "ext": HOSTED,
}

# Written so that this file does not refuse itself.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
MACHINE_PATH = re.compile(r"(?<![\w.$}/])/(home|root|work|Users|mnt|workspace)/\w")
PART_PROOF = re.compile("-wp-" "fct")
SEEKS_FAILURE = "ci/mutation/proving.py"
VERIFIER = re.compile(r"\b(__FRAMA" r"C__|__CPRO" r"VER\w*)\b")
ASSUMED = re.compile(r"\b(axiom|admit)\b")
ACSL = re.compile(r"/\*@.*?\*/|//@[^\n]*", re.S)
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')
CONDITIONAL = re.compile(r"^\s*#\s*(if|ifdef|ifndef|elif)\b")
LICENSE = "SPDX-License-Identifier: MIT"


@dataclasses.dataclass
class File:
    root: pathlib.Path
    path: pathlib.PurePath  # from the root
    text: str

    def __post_init__(self):
        self.lines = self.text.splitlines()
        self.is_c = self.path.suffix in (".c", ".h")
        self.is_script = self.text.startswith("#!") or self.path.suffix == ".py"
        self.is_source = self.is_c or self.is_script or self.path.name == "SConstruct"
        self.is_source |= self.path.suffix in (".pml", ".sh")
        parts = self.path.parts
        self.in_src = parts[0] == "src"
        self.floor = parts[1] if self.in_src and len(parts) > 2 else None

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1


def functions(file):
    """(name line, first, last) of each C function: in this house a body is what
    stands between a brace alone at the start of a line and the next such."""
    start = None
    for number, line in enumerate(file.lines, 1):
        if line == "{":
            start = number
        elif line.startswith("}") and start is not None:
            yield signature_line(file.lines, start), start, number
            start = None


def signature_line(lines, brace):
    first = brace - 1
    while first > 1 and re.match(r"\S", lines[first - 2]) and lines[first - 2][-1] not in ";}/":
        first -= 1
        if lines[first - 1].startswith("#"):
            return first + 1
    while first > 1 and lines[first - 1].startswith((" ", "\t")):
        first -= 1
    return first


def includes(file):
    for number, line in enumerate(file.lines, 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match[1] == "<", match[2]


def resolve(file, name):
    """The included file from src/, or None. A bare name is that of a header
    which each platform or backend has, and which the build picks."""
    src = file.root / "src"
    if (src / name).is_file():
        return pathlib.PurePath(name)
    picked = sorted(path for floor in ("os", "sys") for path in src.glob(f"{floor}/*/{name}"))
    return picked[0].relative_to(src) if picked else None


def include_floor(file):
    """A file of src/ includes its own folder and lower floors only."""
    if file.floor is None or not file.is_c:
        return
    for number, system, name in includes(file):
        if system or name == UMBRELLA:
            continue
        target = resolve(file, name)
        if target is None:
            yield number, f"{name} is not in src/"
            continue
        theirs, ours = target.parts[0], file.floor
        below = FLOORS.get(theirs, 99) < FLOORS.get(ours, -1)
        if theirs != ours and not below:
            yield number, f"{ours}/ includes {theirs}/, which is not below it"


def include_backend(file):
    """No backend of sys/, no platform of os/ includes another."""
    parts = file.path.parts
    if file.floor not in ("sys", "os") or not file.is_c or len(parts) < 4:
        return
    for number, system, name in includes(file):
        target = None if system else resolve(file, name)
        if target is None or target.parts[0] != file.floor or len(target.parts) < 3:
            continue
        if (parts[2], target.parts[1]) == SIMULATED:
            continue
        if target.parts[1] not in (parts[2], SHARED_BACKEND):
            yield number, f"{parts[2]} includes the backend {target.parts[1]}"


def include_system(file):
    """Each floor has its system headers; only the platforms of os/ are free."""
    platform = file.floor == "os" and len(file.path.parts) > 3
    if file.floor is None or platform or not file.is_c:
        return
    allowed = SYSTEM_HEADERS.get(file.floor, FREESTANDING)
    for number, system, name in includes(file):
        if system and name not in allowed:
            yield number, f"<{name}> does not belong on the floor {file.floor}/"


def umbrella(file):
    """src/vigil.h includes and defines nothing; nothing below includes it."""
    if file.path == pathlib.PurePath("src", UMBRELLA):
        code = re.sub(r"/\*.*?\*/", lambda m: "\n" * m[0].count("\n"), file.text, flags=re.S)
        for number, line in enumerate(code.splitlines(), 1):
            if line.strip() and not re.match(r'#(include "|ifndef|define VIGIL_H$|endif)', line):
                yield number, "the umbrella only includes"
    elif file.in_src and file.is_c:
        for number, _, name in includes(file):
            if name == UMBRELLA:
                yield number, "the umbrella is for programs, not for the library"


def file_length(file):
    if file.is_source and len(file.lines) > FILE_LINES_MAX:
        yield FILE_LINES_MAX + 1, f"{len(file.lines)} lines, at most {FILE_LINES_MAX}"


def line_length(file):
    for number, line in enumerate(file.lines, 1):
        if file.is_source and len(line) > COLUMNS_MAX:
            yield number, f"{len(line)} columns, at most {COLUMNS_MAX}"


def annotation_lines(file, first, last):
    """Lines of proof annotations between two lines: they are not code."""
    count = 0
    for match in ACSL.finditer(file.text):
        begin, end = file.line_of(match.start()), file.line_of(match.end())
        if first <= begin and end <= last:
            count += end - begin + 1
    return count


def function_length(file):
    """From signature to closing brace, annotations not counted."""
    if file.is_c:
        found = [(name, name, last) for name, _, last in functions(file)]
    elif file.is_script and file.path.suffix == ".py":
        nodes = ast.walk(ast.parse(file.text))
        found = [(n.lineno, n.lineno, n.end_lineno)
                 for n in nodes if isinstance(n, ast.FunctionDef)]
    else:
        return
    for number, first, last in found:
        count = last - first + 1 - annotation_lines(file, first, last)
        if count > FUNCTION_LINES_MAX:
            yield number, f"function of {count} lines, at most {FUNCTION_LINES_MAX}"


def conditional(file):
    """The build chooses, no #if in a function body does."""
    if not file.is_c:
        return
    for _, first, last in functions(file):
        for number in range(first, last):
            if CONDITIONAL.match(file.lines[number - 1]):
                yield number, "conditional compilation inside a function"


def unfinished(file):
    for number, line in enumerate(file.lines, 1):
        if UNFINISHED.search(line):
            yield number, "a note of unfinished work: do it, or open an issue"


def licence(file):
    if file.is_source and not any(LICENSE in line for line in file.lines[:2]):
        yield 1, f"no line {LICENSE}"


def verifier(file):
    """The code that ships is the code that is proven."""
    for number, line in enumerate(file.lines, 1):
        if file.is_c and VERIFIER.search(line):
            yield number, "code that depends on the verifier"


def assumed(file):
    """What is assumed stands in spec/os and nowhere else."""
    if not file.is_c or file.path.parts[:2] == ("spec", "os"):
        return
    for annotation in ACSL.finditer(file.text):
        for match in ASSUMED.finditer(annotation.group()):
            line = file.line_of(annotation.start() + match.start())
            yield line, f"{match.group()} outside spec/os"


def part_proof(file):
    """A proof of some functions of a file may rest on lemmas nobody proves. What looks
    for a proof that fails proves nothing."""
    proves = file.path.parts[0] == "ci" and file.path.as_posix() != SEEKS_FAILURE
    for number, line in enumerate(file.lines, 1):
        if proves and PART_PROOF.search(line):
            yield number, "whole files are proven, not chosen functions"


def machine_path(file):
    for number, line in enumerate(file.lines, 1):
        if MACHINE_PATH.search(line):
            yield number, "a path of one machine"


def file_names(file):
    """Names of one file that the amalgamation puts beside all others."""
    if not (file.in_src and file.path.suffix == ".c"):
        return
    for number, line in enumerate(file.lines, 1):
        static = re.match(r"static\b[^=;]*?\b(\w+)(\(|\s*=|\[|;)", line)
        tag = re.match(r"(?:typedef )?(?:struct|enum|union) (\w+) \{", line)
        if static or tag:
            yield number, (static or tag)[1]


RULES = [
    include_floor, include_backend, include_system, umbrella, file_length, line_length,
    function_length, conditional, unfinished, licence, verifier, assumed, part_proof,
    machine_path,
]


def name_clashes(files):
    """Over all files: the library also ships as one file, vigil.c."""
    homes = {}
    for file in files:
        if file.path.parts[2:3] and file.path.parts[2] in SIMULATED:
            continue
        for name, number in {name: number for number, name in file_names(file)}.items():
            if homes.setdefault(name, file.path) != file.path:
                yield file, number, f"{name} is also in {homes[name]}, and vigil.c holds both"


def missing_tests(files):
    """Each row of docs/THREATS.md names a test that there is, and runs."""
    run = {name for file in files if file.path.parts[0] == "tests" and file.is_c
           for name in re.findall(r"\b\w*test\w*\(\s*(\w+)\)", file.text)}
    for file in (file for file in files if file.path.as_posix() == THREATS):
        rows = [(n, line) for n, line in enumerate(file.lines, 1) if line.startswith("| ")][1:]
        for number, line in rows:
            named = re.findall(r"`(\w+)`", line.split("|")[-2])
            for name in sorted(set(named) - run):
                yield file, number, f"there is no test {name}"
            if not named:
                yield file, number, "a threat without a test"


TREE_RULES = [name_clashes, missing_tests]


def read(root):
    """Every text file of the project, in order."""
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if parts[0] in ("build", ".git") or "__pycache__" in parts or not path.is_file():
            continue
        try:
            yield File(root, path.relative_to(root), path.read_text())
        except UnicodeDecodeError:
            continue  # a corpus of bytes


def check(root):
    """(number of files, complaints)."""
    files = list(read(pathlib.Path(root)))
    complaints = []
    for file in files:
        for rule in RULES:
            complaints += [(rule.__name__, file.path, *found) for found in rule(file)]
    for rule in TREE_RULES:
        complaints += [(rule.__name__, file.path, *found) for file, *found in rule(files)]
    return len(files), complaints


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    count, complaints = check(root)
    for rule, path, line, message in complaints:
        print(f"{path}:{line}: {rule}: {message}")
    print(f"{count} files, {len(RULES) + len(TREE_RULES)} rules, {len(complaints)} complaints")
    return 1 if complaints or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
