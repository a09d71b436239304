# SPDX-License-Identifier: MIT
"""A server as a process, and its clients, for the tests of the examples."""
import os
import pathlib
import re
import resource
import signal
import socket
import struct
import subprocess
import threading
import time

PATIENCE_SECONDS = 30
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: on, 0 seconds


class Refused(Exception):
    """An example did not do what it should."""


def expect(good, message):
    if not good:
        raise Refused(message)


def until(condition, message):
    """Waits until `condition()` holds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        expect(time.monotonic() < deadline, f"{message}, after {PATIENCE_SECONDS} s")
        time.sleep(0.002)


class Server:
    """An example on a free port; what it prints is gathered as it comes."""

    def __init__(self, command, limit=None):
        self.printed, self.taken, self.errors = bytearray(), 0, bytearray()
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        prepare = (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, most)))
        self.process = subprocess.Popen(
            [*command, "127.0.0.1:0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, preexec_fn=prepare if limit else None)
        self.readers = [
            threading.Thread(target=self.gather, args=pair, daemon=True)
            for pair in ((self.process.stdout, self.printed), (self.process.stderr, self.errors))]
        for reader in self.readers:
            reader.start()
        try:
            until(lambda: b"\n" in self.printed or self.over(), "no first line")
            found = re.match(rb"listening on 127\.0\.0\.1:(\d+)\n", self.printed)
            expect(found, f"the first line is {bytes(self.printed)}, errors {bytes(self.errors)}")
        except Refused:
            self.process.kill()
            raise
        self.port, self.taken = int(found[1]), found.end()
        self.idle = self.descriptors()

    def gather(self, pipe, into):
        for data in iter(lambda: os.read(pipe.fileno(), 1 << 20), b""):
            into += data

    def over(self):
        return self.process.poll() is not None

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def cpu_seconds(self):
        """Processor time so far, proc(5): utime and stime."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2]
        return sum(map(int, fields.split()[11:13])) / os.sysconf("SC_CLK_TCK")

    def may_open(self, limit):
        """Raises the limit of descriptors: no event tells the server."""
        resource.prlimit(self.process.pid, resource.RLIMIT_NOFILE,
                         (limit, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))

    def prints(self, wanted):
        """The next thing printed is `wanted`, to the byte."""
        end = self.taken + len(wanted)
        until(lambda: len(self.printed) >= end or self.over(), f"{wanted[:80]} is not printed")
        got, self.taken = bytes(self.printed[self.taken:end]), end
        expect(got == wanted, f"printed {got[:200]}, not {wanted[:200]}")

    def is_idle(self):
        """Every connection is closed and forgotten."""
        until(lambda: self.descriptors() == self.idle, "connections are left open")

    def pause(self):
        """Stops and continues: signal(7) has epoll_wait(2) end with EINTR."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED)
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        """Control-C ends it, with status 0 and no complaint."""
        self.process.send_signal(signal.SIGINT)
        self.ends("SIGINT")

    def ends(self, cause):
        """`cause` ends it, with status 0 and no complaint."""
        try:
            status = self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            raise Refused(f"{cause} does not end it") from None
        for reader in self.readers:
            reader.join(PATIENCE_SECONDS)
        expect(status == 0, f"{cause} ends it with status {status}: {bytes(self.errors)}")
        expect(not self.errors, f"it complains: {bytes(self.errors)}")

    def kill(self):
        if not self.over():
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


def cannot_start(server, address, reason):
    """A second one at `address` says why it cannot start, with status 1."""
    refuses([server.process.args[-2], address], reason)


def refuses(command, reason, **options):
    """The program says why it cannot start, with status 1."""
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE_SECONDS, **options)
    said = f"{os.path.basename(command[0])}: {reason}\n"
    expect(done.returncode == 1, f"exit status {done.returncode} for {command[1:]}")
    expect(done.stderr.decode() == said, f"says {done.stderr} for {command[1:]}")


class Client:
    def __init__(self, server, greeting, receive_buffer=None):
        self.socket = socket.socket()
        self.socket.settimeout(PATIENCE_SECONDS)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.connect(("127.0.0.1", server.port))
        if greeting:
            self.hears(greeting)

    def says(self, data):
        self.socket.sendall(data)

    def hears(self, wanted):
        """The next thing received is `wanted`, to the byte."""
        got = bytearray()
        while len(got) < len(wanted):
            try:
                data = self.socket.recv(len(wanted) - len(got))
            except socket.timeout:
                raise Refused(f"heard only {bytes(got[-80:])}") from None
            expect(data, f"hung up on, having heard {bytes(got[-80:])}")
            got += data
        expect(got == wanted, f"heard {bytes(got[:200])}, not {wanted[:200]}")

    def hears_nothing(self, seconds=0.05):
        self.socket.settimeout(seconds)
        try:
            got = self.socket.recv(100)
        except socket.timeout:
            got = None
        self.socket.settimeout(PATIENCE_SECONDS)
        expect(got is None, f"heard {got}")

    def hears_the_end(self):
        """Whatever is left, and then the end of the stream or a reset."""
        try:
            while self.socket.recv(1 << 16):
                pass
        except ConnectionResetError:
            pass
        except socket.timeout:
            raise Refused("is not hung up on") from None
        self.socket.close()

    def ends(self):
        """Closes its direction only."""
        self.socket.shutdown(socket.SHUT_WR)

    def leaves(self):
        self.socket.close()

    def breaks_off(self):
        """Resets the connection."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.socket.close()
