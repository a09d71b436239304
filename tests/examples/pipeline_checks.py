# SPDX-License-Identifier: MIT
"""What child_pipeline must do."""
import contextlib
import fcntl
import os
import pathlib
import pty
import random
import resource
import select
import shlex
import signal
import subprocess
import sys
import tempfile
import time

from talk import PATIENCE_SECONDS, expect, refuses, until

PROGRAM = "child_pipeline"
SEED = 5


class Pipelines:
    """The program, once or more."""

    def __init__(self, command, _):
        self.command, self.begun = command, []

    def begin(self, *commands, **options):
        self.begun.append(subprocess.Popen(
            [*self.command, *commands], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options))
        return self.begun[-1]

    def run(self, *commands, data=b"", status=0, says=b"", **options):
        """What it writes; it must end with `status`, and say so much about its children."""
        options = {"stdin": subprocess.PIPE, **options}
        process = self.begin(*commands, **options)
        piped = options["stdin"] == subprocess.PIPE
        out, errors = process.communicate(data if piped else None, PATIENCE_SECONDS)
        expect(process.returncode == status, f"{commands}: status {process.returncode}, {errors}")
        expect(errors == says, f"{commands}: says {errors}")
        return out

    def over(self):
        return True

    def kill(self):
        for process in self.begun:
            if process.poll() is None:
                process.kill()
            for stream in (process.stdin, process.stdout, process.stderr):
                with contextlib.suppress(BrokenPipeError):
                    stream and stream.close()
            process.wait()


start = Pipelines


def heard(process, length=None):
    """The next bytes that it writes, or all up to the end."""
    got, fd = bytearray(), process.stdout.fileno()
    while length is None or len(got) < length:
        expect(select.select([fd], [], [], PATIENCE_SECONDS)[0], f"it writes no more: {got[:80]}")
        data = os.read(fd, length - len(got) if length else 1 << 16)
        got += data
        if not data:
            expect(length is None, f"it hangs up: {got[:80]}")
            break
    return bytes(got)


def is_alike(got, wanted):
    expect(got == wanted, f"{len(got)} bytes, {got[:80]}, not {len(wanted)}, {wanted[:80]}")


def joins_two_programs(pipelines):
    is_alike(pipelines.run(data=b"b\na\nb\n"), b"      1 a\n      2 b\n")
    is_alike(pipelines.run("tr a-z A-Z", "rev", data=b"abc\n"), b"CBA\n")
    is_alike(pipelines.run("cat", "cat"), b"")
    is_alike(pipelines.run("cat", "wc -c", stdin=subprocess.DEVNULL), b"0\n")


def passes_everything_on(pipelines):
    data = random.Random(SEED).randbytes(8 << 20)
    is_alike(pipelines.run("cat", "cat", data=data), data)
    is_alike(pipelines.run("sleep 0.2; cat", "sleep 0.4; cat", data=data), data)
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        is_alike(pipelines.run("cat", "cat", stdin=file), data)
    return f"{len(data)} bytes, of a pipe and of a file"


def passes_on_at_once(pipelines):
    process = pipelines.begin("cat", "cat", stdin=subprocess.PIPE)
    for number in range(20):
        line = b"%d\n" % number
        process.stdin.write(line)
        process.stdin.flush()
        is_alike(heard(process, len(line)), line)
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        process.send_signal(signal.SIGCONT)
    process.stdin.close()
    is_alike(heard(process), b"")
    expect(process.wait(PATIENCE_SECONDS) == 0, "its status")


def takes_a_terminal(pipelines):
    master, terminal = pty.openpty()
    process = pipelines.begin("cat", "cat", stdin=terminal)
    os.close(terminal)
    os.write(master, b"a line\n")
    is_alike(heard(process, 7), b"a line\n")
    os.write(master, b"\x04")
    is_alike(heard(process), b"")
    expect(process.wait(PATIENCE_SECONDS) == 0, "its status")
    os.close(master)


def feeds_nobody_who_has_enough(pipelines):
    with open("/dev/zero", "rb") as zeros:
        is_alike(pipelines.run("head -c 5", "cat", stdin=zeros), bytes(5))
        is_alike(pipelines.run("exec <&-; sleep 0.2; echo x", "cat", stdin=zeros), b"x\n")
    reading, writing = os.pipe()  # and without a word from the input, which stays open
    os.write(writing, b"one\ntwo\n")
    is_alike(pipelines.run("head -n 1", "cat", stdin=reading), b"one\n")
    os.close(reading)
    os.close(writing)


def feeds_nobody_who_has_closed_his_input(pipelines):
    process = pipelines.begin("exec <&-; echo x; sleep 0.3", "cat", stdin=subprocess.PIPE)
    is_alike(heard(process, 2), b"x\n")
    process.stdin.write(b"word")
    process.stdin.flush()
    is_alike(heard(process), b"")
    is_alike(process.stderr.read(), b"")
    expect(process.wait(PATIENCE_SECONDS) == 0, "its status")


def hears_of_the_end_of_each(pipelines):
    said = b"child_pipeline: %b: %b\n"
    is_alike(pipelines.run("cat; exit 3", "cat", says=said % (b"cat; exit 3", b"status 3")), b"")
    pipelines.run("cat", "exit 4", status=4, says=said % (b"exit 4", b"status 4"))
    both = said % (b"kill -15 $$", b"signal 15"), said % (b"sleep 0.3; kill -9 $$", b"signal 9")
    pipelines.run("kill -15 $$", "sleep 0.3; kill -9 $$", status=137, says=b"".join(both))
    name = b"sh: 1: no-such-program: not found\n"
    pipelines.run("true", "no-such-program", status=127,
                  says=name + said % (b"no-such-program", b"status 127"))


def waits_for_whatever_is_last(pipelines):
    """The end of a process and that of its output may come in either order."""
    quiet = "exec >&-; sleep 0.3; exit 5"
    pipelines.run("cat", quiet, status=5, says=f"child_pipeline: {quiet}: status 5\n".encode())
    is_alike(pipelines.run("true", "(sleep 0.3; echo late) & exit 0"), b"late\n")
    pipelines.run("sleep 0.3 >&-", "true")


def has_sigpipe_as_it_was(pipelines):
    process = pipelines.begin("exec yes", "head -n 2", stdin=subprocess.DEVNULL)
    out, errors = process.communicate(timeout=PATIENCE_SECONDS)
    is_alike(out, b"y\ny\n")
    is_alike(errors, b"child_pipeline: exec yes: signal 13\n")


def python(code):
    return f"{shlex.quote(sys.executable)} -I -c {shlex.quote(code)}"


def gives_no_descriptor_too_many(pipelines):
    code = "import os; print(sorted(os.listdir('/proc/self/fd')), os.get_blocking(0), " \
           "os.get_blocking(1))"
    wanted = b"['0', '1', '2', '3'] True True\n"
    is_alike(pipelines.run("true", python(code)), wanted)
    is_alike(pipelines.run(python(code), "cat"), wanted)


def leaves_standard_input_as_it_is(pipelines):
    reading, writing = os.pipe()
    process = pipelines.begin("cat", "cat", stdin=reading)
    os.write(writing, b"x")
    is_alike(heard(process, 1), b"x")
    expect(not fcntl.fcntl(reading, fcntl.F_GETFL) & os.O_NONBLOCK, "it does not block any more")
    os.close(writing)
    expect(process.wait(PATIENCE_SECONDS) == 0, "its status")
    os.close(reading)


def children(process):
    """State of each child, proc(5)."""
    numbers = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    states = []
    for number in numbers:
        with contextlib.suppress(FileNotFoundError):  # its status has just been taken
            stat = pathlib.Path(f"/proc/{number}/stat").read_text()
            states.append(stat.rpartition(")")[2].split()[0])
    return states


def leaves_no_zombie(pipelines):
    process = pipelines.begin("read line", "sleep 1", stdin=subprocess.PIPE)
    until(lambda: len(children(process)) == 2, "the children are not there")
    process.stdin.write(b"go\n")
    process.stdin.flush()
    until(lambda: len(children(process)) == 1, "the first is not taken while the second goes on")
    expect("Z" not in children(process), "the second is a zombie")
    expect(process.wait(PATIENCE_SECONDS) == 0, "its status")


def reads_to_the_end_what_came_with_it(pipelines):
    """The last bytes and the end are one event, if both are there when it is taken."""
    with tempfile.TemporaryDirectory() as folder:
        on, go = pathlib.Path(folder, "on"), pathlib.Path(folder, "go")
        second = f"touch {on}; until [ -e {go} ]; do sleep 0.02; done; echo last"
        process = pipelines.begin("true", second, stdin=subprocess.DEVNULL)
        until(lambda: on.exists() and len(children(process)) == 1, "the second is not there")
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        go.touch()
        until(lambda: children(process) == ["Z"], "the second does not end")
    process.send_signal(signal.SIGCONT)
    is_alike(heard(process), b"last\n")
    expect(process.wait(PATIENCE_SECONDS) == 0, "its status")


def lets_wait_who_writes(pipelines):
    """What it does not need it does not take."""
    process = pipelines.begin("sleep 1; cat", "wc -c", stdin=subprocess.PIPE)
    os.set_blocking(process.stdin.fileno(), False)
    taken, quiet = 0, time.monotonic()
    while time.monotonic() - quiet < 0.4:
        try:
            taken += os.write(process.stdin.fileno(), bytes(4096))
            quiet = time.monotonic()
        except BlockingIOError:
            time.sleep(0.01)
    expect(taken <= 1 << 18, f"{taken} bytes are taken")
    process.stdin.close()
    is_alike(heard(process), b"%d\n" % taken)
    expect(process.wait(PATIENCE_SECONDS) == 0, "its status")
    return f"{taken} bytes"


def does_not_spin(pipelines):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    is_alike(pipelines.run("sleep 0.5; cat", "sleep 1; wc -c", data=bytes(1 << 20)), b"1048576\n")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    expect(used < 0.5, f"{used} seconds of processor time")


def says_what_it_cannot_do(pipelines):
    refuses([*pipelines.command, "cat"], "arguments: invalid argument")
    folder = os.open("/", os.O_RDONLY)
    out = pipelines.run("cat", "cat", stdin=folder, says=b"child_pipeline: input: Is a directory\n")
    is_alike(out, b"")
    os.close(folder)


CHECKS = [
    joins_two_programs, passes_everything_on, passes_on_at_once, takes_a_terminal,
    feeds_nobody_who_has_enough, feeds_nobody_who_has_closed_his_input,
    hears_of_the_end_of_each, waits_for_whatever_is_last, reads_to_the_end_what_came_with_it,
    has_sigpipe_as_it_was, leaves_standard_input_as_it_is, leaves_no_zombie,
    lets_wait_who_writes,
]
# A tracer leaves descriptors of its own to the children.
UNTRACED = [(gives_no_descriptor_too_many, None), (does_not_spin, None),
            (says_what_it_cannot_do, None)]
