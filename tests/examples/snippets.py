#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The code in the documents is real.

  snippets.py HEADERS PROGRAMS LIBRARY

Compiles every block of C in README.md and docs/GUIDE.md against vigil.h in the
folder HEADERS, strictly and with both compilers. A block that has a main() is
linked with LIBRARY, talks to hello_server of the folder PROGRAMS, and must
print its greeting. Every link within the tree must lead somewhere.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

from talk import PATIENCE_SECONDS, Refused, Server, expect

DOCUMENTS = ["README.md", "docs/GUIDE.md", "CHANGELOG.md"]
COMPILERS = ["gcc", "clang"]
STRICT = ("-std=gnu11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -pthread "
          "-Wno-unused-function -Wno-unused-variable").split()
# What a fragment may take for granted.
PRELUDE = "".join(f"#include <{name}.h>\n" for name in (
    "errno pthread signal stdio stdlib string time unistd vigil").split())
BLOCK = re.compile(r"^```c\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"\]\(([^)#:]*)(#[^)]*)?\)")


def compiled(source, folder, options):
    """Compiles `source` with each compiler; the last program, if it is one."""
    out = folder / "program"
    for compiler in COMPILERS:
        done = subprocess.run([compiler, *STRICT, str(source), *options, "-o", str(out)],
                              capture_output=True, text=True)
        expect(done.returncode == 0, done.stderr)
    return out


def greeted(program, servers):
    """Whether the client of the document is greeted by the example server."""
    server = Server([f"{servers}/hello_server"])
    try:
        done = subprocess.run([program, f"127.0.0.1:{server.port}"], capture_output=True,
                              timeout=PATIENCE_SECONDS)
        expect(done.returncode == 0, f"exit status {done.returncode}: {done.stderr}")
        expect(done.stdout == b"Hello world!\n", f"prints {done.stdout}")
        server.stop()
    finally:
        server.kill()


def check_block(text, folder, headers, servers, library):
    source = folder / "snippet.c"
    if re.search(r"^int main\(", text, re.M):
        source.write_text(text)
        greeted(compiled(source, folder, [f"-I{headers}", library]), servers)
    else:
        source.write_text(PRELUDE + "#line 1\n" + text)
        compiled(source, folder, [f"-I{headers}", "-c"])


def check_links(path, text):
    """How many links there are, to files and to headings."""
    headings = {re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower()).replace(" ", "-")
                for line in re.findall(r"^#+ .*$", text, re.M)}
    found = LINK.findall(text)
    for target, heading in found:
        expect((path.parent / target).exists(), f"{path}: nothing at {target}")
        expect(target or heading[1:] in headings, f"{path}: no heading {heading}")
    return len(found)


def main():
    headers, servers, library = sys.argv[1:]
    blocks, links, refused = 0, 0, 0
    for path in map(pathlib.Path, DOCUMENTS):
        text = path.read_text()
        for match in BLOCK.finditer(text):
            line = text.count("\n", 0, match.start()) + 2
            blocks += 1
            try:
                with tempfile.TemporaryDirectory() as folder:
                    check_block(match[1], pathlib.Path(folder), headers, servers, library)
            except (Refused, OSError, subprocess.TimeoutExpired) as error:
                refused += 1
                print(f"FAIL {path}:{line}: {error}")
        try:
            links += check_links(path, text)
        except Refused as error:
            refused += 1
            print(f"FAIL {error}")
    print(f"{blocks} blocks of C, {links} links, {refused} refused")
    return 0 if blocks and not refused else 1


if __name__ == "__main__":
    sys.exit(main())
