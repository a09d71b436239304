# SPDX-License-Identifier: MIT
"""Runs the tests against a library with a mutant in it."""
import pathlib
import subprocess
import threading

import layout
import run_test
from mutation.compiling import compile_text, shadowed

VARIANT = pathlib.Path("build/gcc")
SECONDS_MIN, MARGIN = 5, 8

# Where a defect of a file shows first; all other tests come after these.
FIRST = {
    "src/base/status": ["unit/status_test"],
    "src/core/slots": ["unit/slots_test", "kernel/registering_test"],
    "src/core/interest": ["unit/interest_test"],
    "src/core/timeout": ["unit/timeout_test", "kernel/timeout_test"],
    "src/core/address": ["unit/address_test"],
    "src/sys/epoll/selector_event": ["unit/event_test"],
    "src/sys/epoll/selector_request": ["unit/selector_request_test", "kernel/interest_test"],
    "src/sys/epoll/selector": ["kernel/poll_test", "kernel/registering_test",
                               "kernel/timeout_test"],
    "src/sys/eventfd": ["kernel/wake_channel_test", "kernel/waker_test", "kernel/nested_test"],
    "src/poll/events": ["unit/events_next_test", "kernel/events_test", "kernel/poll_test"],
    "src/poll/registry": ["kernel/registering_test", "kernel/misuse_test",
                          "kernel/contract_test"],
    "src/poll/wake": ["kernel/waker_test", "kernel/contract_wake_test", "kernel/nested_test"],
    "src/poll": ["kernel/poll_test", "kernel/registering_test"],
    "src/net/sockaddr": ["unit/sockaddr_test", "kernel/tcp_test"],
    "src/net/tcp_options": ["kernel/tcp_options_test"],
    "src/net/tcp_listener": ["kernel/tcp_listener_test", "kernel/tcp_faults_test"],
    "src/net": ["kernel/tcp_test", "kernel/tcp_close_test", "kernel/tcp_stream_test",
                "kernel/tcp_options_test", "kernel/tcp_faults_test"],
}


def build():
    """Builds library and tests as they stand."""
    layout.build("gcc", "programs")


def first(file):
    """The tests for this file."""
    longest = max((prefix for prefix in FIRST if file.startswith(prefix)), key=len, default=None)
    return FIRST.get(longest, [])


def every(file):
    """All tests, those for this file first."""
    names = [name for name, _ in run_test.programs(VARIANT)]
    return first(file) + [name for name in names if name not in first(file)]


class Clock:
    """How long each test takes as it stands; a test that fails then ends all."""

    def __init__(self):
        self.taken, self.lock = {}, threading.Lock()

    def limit(self, name):
        with self.lock:
            if name not in self.taken:
                outcome = run_test.run([str(VARIANT / "tests" / name)])
                if not outcome.passed:
                    raise SystemExit(f"ci/mutate: {name} fails as it stands\n{outcome.output}")
                self.taken[name] = outcome.seconds
        return max(SECONDS_MIN, self.taken[name] * MARGIN)


def objects(mutant, folder):
    """(objects that stand in for those of the library, -I of the mutant): where
    a header is changed, all that include it."""
    if mutant.file == mutant.unit:
        return [str(pathlib.Path(folder, "mutant.o"))], []
    _, folders = shadowed(mutant, folder)
    made = []
    for source in map(str, layout.sources()):
        target = pathlib.Path(folder, source.replace("/", "_") + ".o")
        if not compile_text(source, pathlib.Path(source).read_text(), target, folders):
            raise SystemExit(f"ci/mutate: {source} does not compile with {mutant.key}")
        made.append(str(target))
    return made, folders


def linked(name, replaced, folders, folder):
    """The test program, with `replaced` before the library: what they define is
    not looked for in it."""
    program = pathlib.Path(folder, "test")
    own = VARIANT / "tests" / f"{name}.o"
    if folders:
        own = pathlib.Path(folder, "test.o")
        source = f"tests/{name}.c"
        compile_text(source, pathlib.Path(source).read_text(), own, [*folders, "-Itests"])
    support = sorted(map(str, (VARIANT / "tests/support").glob("*.o")))
    subprocess.run(["gcc", str(own), *replaced, *support, str(VARIANT / "libvigil.a"), "-lcmocka",
                    "-pthread", "-o", str(program)], check=True)
    return str(program)


def kills(mutant, folder, clock, tests):
    """The first of `tests` that fails, and fails again, or ""."""
    replaced, folders = objects(mutant, folder)
    for name in tests:
        program = [linked(name, replaced, folders, folder)]
        limit = clock.limit(name)
        if not (run_test.run(program, limit).passed or run_test.run(program, limit).passed):
            return name
    return ""
