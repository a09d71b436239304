#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Talks to the example server and shows what was said.

  demo.py COMMAND...

COMMAND starts the server; the address and port come after it.

The server must greet, print text as text and other bytes as bytes, let clients
come and go, and end with status 0 on SIGINT.
"""
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time

PATIENCE_SECONDS = 10
GREETING = b"Hello world!\n"
TEXT = "Good morning, Vigil. Grüße, 世界!"
LAST = "Still here."
BYTES = bytes([0xFF, 0xFE, 0x80, 0xC3, 0x28])
MANY = bytes(range(256)) * 64


class Refused(Exception):
    """The server did not do what it should."""


def show(who, what):
    print(f"{who:>9} | {what}", flush=True)


class Server:
    """The server, its output read as it comes."""

    def __init__(self, command):
        self.process = subprocess.Popen([*command, "127.0.0.1:0"], stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()
        match = re.fullmatch(r"listening on 127\.0\.0\.1:(\d+)", self.line())
        if match is None:
            raise Refused("the first line does not say where it listens")
        self.port = int(match[1])

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.decode(errors="backslashreplace").rstrip("\n"))
        self.lines.put(None)

    def line(self):
        try:
            line = self.lines.get(timeout=PATIENCE_SECONDS)
        except queue.Empty:
            raise Refused("the server says nothing") from None
        if line is None:
            raise Refused(f"the server ended with {self.process.wait()}")
        show("server", line if len(line) < 100 else f"{line[:96]} ...")
        return line

    def until(self, wanted):
        while wanted not in self.line():
            pass

    def received(self, count):
        """Reads on until the server has told of `count` bytes."""
        told = 0
        while told < count:
            found = re.match(r"received (\d+) bytes", self.line())
            told += int(found[1]) if found else 0

    def stop(self):
        show("demo", "SIGINT")
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(PATIENCE_SECONDS)
        show("demo", f"the server ended with status {status}")
        if status != 0:
            raise Refused("SIGINT must end the server with status 0")


class Client:
    def __init__(self, name, server):
        self.name = name
        self.socket = socket.create_connection(("127.0.0.1", server.port), PATIENCE_SECONDS)
        got = b""
        while len(got) < len(GREETING):
            more = self.socket.recv(len(GREETING) - len(got))
            if not more:
                raise Refused("the server hung up instead of greeting")
            got += more
        show(name, f"is told {got.decode(errors='backslashreplace')!r}")
        if got != GREETING:
            raise Refused(f"the greeting is {got}")

    def say(self, data, shown):
        show(self.name, f"says {shown}")
        self.socket.sendall(data)

    def leave(self):
        show(self.name, "leaves")
        self.socket.close()


def converse(server):
    first, second = Client("client 1", server), Client("client 2", server)
    first.say(TEXT.encode(), repr(TEXT))
    server.until(TEXT)
    second.say(BYTES, f"{len(BYTES)} bytes that are no text")
    server.until(" ".join(f"{byte:02x}" for byte in BYTES))
    first.leave()
    third = Client("client 3", server)
    third.say(MANY, f"{len(MANY)} bytes of every value")
    server.received(len(MANY))
    third.leave()
    second.say(LAST.encode(), repr(LAST))
    server.until(LAST)
    return len(TEXT.encode()) + len(BYTES) + len(MANY) + len(LAST)


def main():
    begin, server = time.monotonic(), None
    try:
        server = Server(sys.argv[1:])
        count = converse(server)
        server.stop()
    except (Refused, OSError, subprocess.TimeoutExpired) as error:
        print(f"demo: {error}")
        return 1
    finally:
        if server is not None and server.process.poll() is None:
            server.process.kill()
    seconds = time.monotonic() - begin
    print(f"3 clients greeted, {count} bytes understood, stopped by SIGINT in {seconds:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
