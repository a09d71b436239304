# SPDX-License-Identifier: MIT
"""What control_channel must do: it says back what it is told, and its successors
take over from it. Each check gets a first one of its own."""
import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from talk import PATIENCE_SECONDS, Client, Refused, Server, expect, refuses, until

PROGRAM = "control_channel"
PLACES = 200
NOBODY = 65534
REPLACEMENTS = 5


class Line:
    """A server and those that take over from it, one after the other."""

    def __init__(self, command, limit):
        self.folder = tempfile.mkdtemp()
        self.path = f"{self.folder}/control"
        self.command, self.past = command, []
        try:
            self.now = Server([*command, self.path], limit)
            self.idle = self.now.idle  # of each: its successors begin with connections
        except BaseException:
            shutil.rmtree(self.folder)
            raise

    def __getattr__(self, name):
        return getattr(self.now, name)

    def is_replaced(self):
        """A new one takes over, and the one before ends."""
        before, file = self.now, os.stat(self.path).st_ino
        self.past.append(before)
        self.now = Server([*self.command, self.path])
        before.ends("its successor")
        expect(self.now.port == before.port, "the successor listens somewhere else")
        expect(os.stat(self.path).st_ino == file, "the socket of the successors is another one")
        before.prints(b"process %d takes over\n" % self.now.process.pid)

    def is_not_replaced(self):
        """What the one that runs says of a successor that came to nothing."""
        def said():
            return self.now.printed[self.now.taken:].endswith(b" does not\n")

        until(said, "it does not say that nobody has taken over")
        self.now.taken = len(self.now.printed)
        expect(not self.over(), "it has ended")

    def kill(self):
        for server in (*self.past, self.now):
            server.kill()
        shutil.rmtree(self.folder)


start = Line


def new(line):
    return Client(line, None)


def is_echoed(client, data):
    client.says(data)
    client.hears(data)


def offered(line):
    """Asks to take over as a successor would; the channel, and what it is handed."""
    channel = socket.socket(socket.AF_UNIX)
    channel.settimeout(PATIENCE_SECONDS)
    channel.connect(line.path)
    _, fds, flags, _ = socket.recv_fds(channel, 1, PLACES + 2)
    expect(not flags & socket.MSG_CTRUNC, "more descriptors than there should be")
    return channel, fds


def drop(fds):
    for fd in fds:
        os.close(fd)


def says_back(line):
    clients = [new(line) for _ in range(20)]
    for number, client in enumerate(clients):
        is_echoed(client, b"%d says\0\xff\n" % number)
        client.hears_nothing(0.001)
    clients[0].says(b"and the rest")
    clients[0].ends()
    clients[0].hears(b"and the rest")
    clients[0].hears_the_end()
    clients[1].breaks_off()
    clients[2].leaves()
    until(lambda: line.descriptors() == line.idle + 17, "connections are left open")


def flood(line, turns, between, **options):
    """Sends and takes many bytes through one connection, with `between()` done some
    times in the middle."""
    client, errors = Client(line, None, **options), []
    piece = os.urandom(1 << 18)

    def send():
        try:
            for _ in range(4 * turns):
                client.says(piece)
        except OSError as error:
            errors.append(error)

    sender = threading.Thread(target=send)
    sender.start()
    try:
        for _ in range(turns):
            between()
            for _ in range(4):
                client.hears(piece)
    finally:
        client.socket.shutdown(socket.SHUT_RDWR)
        sender.join(PATIENCE_SECONDS)
    expect(not errors, f"sending: {errors}")
    return f"{4 * turns * len(piece)} bytes"


def waits_for_a_slow_reader(line):
    return flood(line, 3, lambda: time.sleep(0.2), receive_buffer=4096)


def is_replaced_while_it_is_talked_to(line):
    return flood(line, REPLACEMENTS, line.is_replaced)


def is_replaced_between_two_words(line):
    clients = [new(line) for _ in range(50)]
    for number, client in enumerate(clients):
        is_echoed(client, b"before %d" % number)
    for turn in range(REPLACEMENTS):
        late = new(line)
        for client in clients[::3]:
            client.says(b"meanwhile")
        line.is_replaced()
        for client in clients[::3]:
            client.hears(b"meanwhile")
        for number, client in enumerate(clients):
            is_echoed(client, b"%d after %d" % (number, turn))
        is_echoed(late, b"late")
        late.leaves()
    until(lambda: line.descriptors() == line.idle + len(clients), "connections are left open")
    for client in clients:
        client.leaves()
    until(lambda: line.descriptors() == line.idle, "connections are left open")
    return f"{REPLACEMENTS} times, {len(clients)} connections"


def turns_nobody_away(line):
    over, served, errors = threading.Event(), [], []

    def come_and_go():
        try:
            while not over.is_set():
                client = new(line)
                is_echoed(client, b"hello")
                client.leaves()
                served.append(1)
                time.sleep(0.001)
        except (OSError, Refused) as error:
            errors.append(error)

    threads = [threading.Thread(target=come_and_go) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(REPLACEMENTS):
            line.is_replaced()
    finally:
        over.set()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)
    expect(not errors, f"turned away: {errors}")
    expect(len(served) > REPLACEMENTS, f"only {len(served)} served")
    return f"{len(served)} served during {REPLACEMENTS} replacements"


def is_replaced_when_it_is_full(line):
    clients = [new(line) for _ in range(PLACES)]
    for client in clients:
        is_echoed(client, b"here")
    waiting = [new(line) for _ in range(10)]
    for client in waiting:
        client.says(b"outside")
    line.is_replaced()
    waiting[0].hears_nothing()
    for client in clients:
        is_echoed(client, b"still here")
        client.leaves()
    for client in waiting:
        client.hears(b"outside")
    return f"{PLACES + 2} descriptors in one message"


def serves_on_when_the_successor_ends(line):
    clients = [new(line) for _ in range(5)]
    for client in clients:
        is_echoed(client, b"before")
    for _ in range(20):
        channel, fds = offered(line)
        expect(len(fds) == len(clients) + 2, f"{len(fds)} descriptors")
        clients[0].says(b"meanwhile")
        late = new(line)
        late.says(b"I am new")
        drop(fds)
        channel.close()
        line.is_not_replaced()
        clients[0].hears(b"meanwhile")
        late.hears(b"I am new")
        late.leaves()
    for client in clients:
        is_echoed(client, b"after")
    until(lambda: line.descriptors() == line.idle + len(clients), "descriptors are left open")
    line.is_replaced()
    is_echoed(clients[0], b"in the end")


def waits_for_no_successor_for_ever(line):
    client = new(line)
    is_echoed(client, b"before")
    before = line.cpu_seconds()
    channel, fds = offered(line)
    client.says(b"meanwhile")
    client.hears_nothing(1)
    expect(line.cpu_seconds() - before < 0.5, "it spins while it waits")
    client.hears(b"meanwhile")
    line.is_not_replaced()
    drop(fds)
    try:
        channel.send(b"late")
    except BrokenPipeError:
        pass
    else:
        raise Refused("a successor that is late is not told so")
    is_echoed(client, b"after")


def as_nobody(code, *arguments):
    """Python code as another user, which only root can have run."""
    code = f"import os, socket, sys\nos.setuid({NOBODY})\n{code}"
    return subprocess.Popen([sys.executable, "-I", "-c", code, *arguments], stdout=subprocess.PIPE)


def knows_its_own_user(line):
    if os.geteuid() != 0:
        return "not tried, as only root can be another user"
    os.chmod(line.folder, 0o777)
    os.chmod(line.path, 0o777)
    done, _ = as_nobody("s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])\n"
                        "print(socket.recv_fds(s, 1, 9)[:2])", line.path).communicate()
    expect(done == b"(b'', [])\n", f"another user is given {done}")
    line.is_not_replaced()
    path = f"{line.folder}/trap"
    trap = as_nobody("s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen()\n"
                     "print(flush=True); s.accept()[0].recv(1)", path)
    trap.stdout.readline()
    refuses([line.command[-1], path], "connect: operation not permitted")
    trap.wait(PATIENCE_SECONDS)
    trap.stdout.close()
    is_echoed(new(line), b"still here")
    return "neither hands to another nor takes from him"


def begins_where_one_was_killed(line):
    line.process.send_signal(signal.SIGKILL)
    line.process.wait()
    expect(os.path.exists(line.path), "nothing is left")
    line.past.append(line.now)
    line.now = Server([*line.command, line.path])
    is_echoed(new(line), b"hello")


def removes_its_socket_when_it_ends(line):
    client = new(line)
    is_echoed(client, b"hello")
    line.is_replaced()
    expect(os.path.exists(line.path), "the socket is gone, though there is a successor")
    line.stop()
    expect(not os.path.exists(line.path), "the socket is left")
    client.hears_the_end()


def survives_interrupts(line):
    client = new(line)
    for number in range(20):
        line.pause()
        is_echoed(client, b"%d" % number)


def says_what_it_cannot_do(line):
    program, file = line.command[-1], pathlib.Path(line.folder, "file")
    file.write_text("not a socket")
    refuses([program, str(file), "127.0.0.1:0"], "bind: address in use")
    expect(file.read_text() == "not a socket", "it has replaced a file that is no socket")
    refuses([program, f"{line.folder}/x", f"127.0.0.1:{line.port}"], "bind: address in use")
    refuses([program, f"{line.folder}/x", "9002"], "address: invalid argument")
    refuses([program, "x" * 200], "path: invalid argument")
    refuses([program, f"{line.folder}/none/x"], "bind: not there, or not registered")
    is_echoed(new(line), b"still here")


def serves_on_when_the_successor_has_no_room(line):
    clients = [new(line) for _ in range(30)]
    for client in clients:
        is_echoed(client, b"before")
    few = (20, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    refuses([line.command[-1], line.path], "take over: message too long",
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, few))
    line.is_not_replaced()
    for client in clients:
        is_echoed(client, b"after")


def notices_that_there_are_descriptors_again(line):
    clients = [new(line) for _ in range(30)]
    channel = socket.socket(socket.AF_UNIX)
    channel.settimeout(PATIENCE_SECONDS)
    channel.connect(line.path)
    clients[-1].hears_nothing()
    line.may_open(100)
    _, fds, _, _ = socket.recv_fds(channel, 1, PLACES + 2)
    expect(len(fds) > 2, "a successor is handed nothing")
    drop(fds)
    channel.close()
    line.is_not_replaced()
    for client in clients:
        is_echoed(client, b"hello")
    line.is_replaced()
    for client in clients:
        is_echoed(client, b"hello again")


CHECKS = [
    says_back, waits_for_a_slow_reader, is_replaced_while_it_is_talked_to,
    is_replaced_between_two_words, turns_nobody_away, is_replaced_when_it_is_full,
    serves_on_when_the_successor_ends, waits_for_no_successor_for_ever, knows_its_own_user,
    begins_where_one_was_killed, removes_its_socket_when_it_ends, survives_interrupts,
]
UNTRACED = [(says_what_it_cannot_do, None), (serves_on_when_the_successor_has_no_room, None),
            (notices_that_there_are_descriptors_again, 16)]
