# SPDX-License-Identifier: MIT
"""The verdicts of earlier runs: a committed file, and the folder that WP reads.

A line of spec/cache.txt is one verdict: the hash by which WP knows the goal and
the prover, the prover, the verdict, seconds, steps. A verdict there is a memory and
no proof: --fresh looks at none of them.
"""
import hashlib
import os
import pathlib
import re
import shutil
import time

COMMITTED = pathlib.Path("spec/cache.txt")
STALE_SECONDS = 3600
ENTRY = re.compile(r"(?P<hash>[0-9a-f]{32}) (?P<prover>\S+) (?P<verdict>[a-z]+)"
                   r" (?P<time>\S+) (?P<steps>[0-9]+|-)")
# As WP writes it, which is not quite JSON: a number may end in a point.
WRITTEN = re.compile(r'\{ "prover": "(?P<prover>[^" ]+)", "verdict": "(?P<verdict>[a-z]+)"'
                     r'(?:, "time": (?P<time>[0-9.e-]+))?(?:, "steps": (?P<steps>[0-9]+))? \}')


def read_entry(path):
    """The line for the verdict in `path`."""
    match = WRITTEN.fullmatch(path.read_text().strip())
    if match is None:
        raise SystemExit(f"{path}: not a verdict")
    return (f"{path.stem} {match['prover']} {match['verdict']} {match['time'] or '-'} "
            f"{match['steps'] or '-'}")


def write_entry(folder, match):
    """Writes the verdict of a line: a whole file or none, as another run may be reading."""
    text = f'{{ "prover": "{match["prover"]}", "verdict": "{match["verdict"]}"'
    for key in ("time", "steps"):
        if match[key] != "-":
            text += f', "{key}": {match[key]}'
    target = folder / f"{match['hash']}.json"
    if not target.exists():
        aside = folder / f"{match['hash']}.{os.getpid()}"
        aside.write_text(text + " }\n")
        aside.replace(target)


def expand(folder):
    """Brings the committed verdicts into `folder`, if that has not been done."""
    folder.mkdir(parents=True, exist_ok=True)
    text = COMMITTED.read_text() if COMMITTED.exists() else ""
    digest = hashlib.sha256(text.encode()).hexdigest()
    stamp = folder / "expanded"
    if stamp.exists() and stamp.read_text() == digest:
        return
    for number, line in enumerate(text.splitlines(), 1):
        match = ENTRY.fullmatch(line)
        if match is None:
            raise SystemExit(f"{COMMITTED}:{number}: not a verdict: {line}")
        write_entry(folder, match)
    stamp.write_text(digest)


def only_committed(parent):
    """A folder of the committed verdicts and of no others. Another run may be reading the
    folder of what was committed before."""
    text = COMMITTED.read_text() if COMMITTED.exists() else ""
    folder = parent / hashlib.sha256(text.encode()).hexdigest()[:12]
    for other in parent.glob("*"):
        if other != folder and time.time() - other.stat().st_mtime > STALE_SECONDS:
            shutil.rmtree(other, ignore_errors=True)
    expand(folder)
    return folder


def session(folder, scripts, cache):
    """A session whose verdicts are those in `cache`, if there is one: WP, told to clean
    up, leaves in it the ones that it used."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "cache").mkdir(parents=True)
    shutil.copytree(scripts, folder / "script")
    for path in cache.glob("*.json") if cache else []:
        shutil.copyfile(path, folder / "cache" / path.name)


def record(sessions, whole):
    """Commits the verdicts left in `sessions`: those and no others, if `whole`."""
    lines = {} if whole or not COMMITTED.exists() else {
        line.split()[0]: line for line in COMMITTED.read_text().splitlines()}
    for folder in sessions:
        lines.update({path.stem: read_entry(path) for path in (folder / "cache").glob("*.json")})
        shutil.rmtree(folder)
    COMMITTED.write_text("".join(f"{lines[key]}\n" for key in sorted(lines)))
