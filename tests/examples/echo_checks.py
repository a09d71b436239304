# SPDX-License-Identifier: MIT
"""What udp_echo must do. Each check gets a server of its own."""
import random
import re
import signal
import socket
import time

from talk import PATIENCE_SECONDS, Refused, cannot_start, expect, until

PROGRAM = "udp_echo"
BATCH_MAX = 32
SEED = 7
# More than this may wait nowhere: the system drops what a buffer has no room for.
WAITING = 64


class Sender:
    def __init__(self, server, connected=True):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(PATIENCE_SECONDS)
        self.where = ("127.0.0.1", server.port)
        self.socket.bind(("127.0.0.1", 0))
        if connected:
            self.socket.connect(self.where)

    def says(self, data):
        self.socket.send(data)

    def hears(self, wanted):
        """The next datagram is `wanted`, to the byte."""
        try:
            got = self.socket.recv(1 << 16)
        except socket.timeout:
            raise Refused(f"{len(wanted)} bytes do not come back") from None
        expect(got == wanted, f"heard {got[:80]} of {len(got)}, not {wanted[:80]} of {len(wanted)}")

    def hears_nothing(self, seconds=0.05):
        self.socket.settimeout(seconds)
        try:
            got = self.socket.recv(1 << 16)
        except socket.timeout:
            got = None
        self.socket.settimeout(PATIENCE_SECONDS)
        expect(got is None, f"heard {got}")

    def leaves(self):
        self.socket.close()


def reckons(server):
    """What it says that it has received, batched and dropped, when it is told to stop."""
    server.stop()
    said = bytes(server.printed[server.taken:])
    found = re.fullmatch(rb"received (\d+) datagrams in (\d+) batches, dropped (\d+)\n", said)
    expect(found, f"it ends with {said}")
    return tuple(map(int, found.groups()))


def sends_back_each_size(server):
    sender, chance, sizes = Sender(server), random.Random(SEED), [
        0, 1, 2, 100, 1471, 1472, 1473, 9000, 65506, 65507]
    for size in sizes:
        data = chance.randbytes(size)
        sender.says(data)
        sender.hears(data)
    sender.hears_nothing()
    received, batches, dropped = reckons(server)
    expect((received, batches, dropped) == (len(sizes), len(sizes), 0), "it reckons otherwise")
    return f"{len(sizes)} sizes"


def sends_back_to_each_in_order(server):
    senders = [Sender(server) for _ in range(8)]
    for number in range(200):
        for who, sender in enumerate(senders):
            sender.says(b"%d says %d" % (who, number))
        if number % 5 == 4:
            for who, sender in enumerate(senders):
                for past in range(number - 4, number + 1):
                    sender.hears(b"%d says %d" % (who, past))
    for sender in senders:
        sender.hears_nothing(0.01)
    return "8 senders, 200 datagrams each"


def takes_what_waits_at_once(server):
    """While it is stopped, datagrams gather."""
    sender = Sender(server)
    server.process.send_signal(signal.SIGSTOP)
    for number in range(WAITING):
        sender.says(b"%d" % number)
    server.process.send_signal(signal.SIGCONT)
    for number in range(WAITING):
        sender.hears(b"%d" % number)
    received, batches, _ = reckons(server)
    expect(received == WAITING, f"{received} of {WAITING} received")
    expect(batches <= WAITING // BATCH_MAX + 1, f"{batches} batches for {WAITING} datagrams")
    return f"{WAITING} datagrams in {batches} batches"


def survives_who_is_gone(server):
    """What goes back meets no socket any more."""
    stays = Sender(server)
    for number in range(100):
        guest = Sender(server)
        guest.says(b"hello")
        guest.leaves()
        stays.says(b"%d" % number)
        stays.hears(b"%d" % number)
    received, _, dropped = reckons(server)
    expect((received, dropped) == (200, 0), f"{received} received, {dropped} dropped")


def survives_who_does_not_read(server):
    flood, sender = Sender(server), Sender(server)
    for number in range(20000):
        flood.says(b"x" * (number % 1500))
    until(lambda: asks(sender), "it does not answer another one")
    return "20000 datagrams"


def asks(sender):
    """Whether an answer comes soon; the system may drop what it has no room for."""
    sender.socket.settimeout(0.5)
    try:
        sender.says(b"and me?")
        return sender.socket.recv(100) == b"and me?"
    except socket.timeout:
        return False
    finally:
        sender.socket.settimeout(PATIENCE_SECONDS)


def stops_in_a_flood(server):
    flood = Sender(server)
    for _ in range(2000):
        flood.says(b"x" * 1000)
    received, _, _ = reckons(server)
    expect(received <= 2000, f"{received} of 2000 received")


def survives_interrupts(server):
    sender = Sender(server)
    for number in range(20):
        server.pause()
        sender.says(b"%d" % number)
        sender.hears(b"%d" % number)


def sleeps_while_nothing_comes(server):
    sender = Sender(server)
    sender.says(b"once")
    sender.hears(b"once")
    before = server.cpu_seconds()
    time.sleep(0.5)
    expect(server.cpu_seconds() - before < 0.05, "it spins")


def says_what_it_cannot_do(server):
    cannot_start(server, "9002", "address: invalid argument")
    cannot_start(server, f"127.0.0.1:{server.port}", "bind: address in use")


CHECKS = [
    sends_back_each_size, sends_back_to_each_in_order, takes_what_waits_at_once,
    survives_who_is_gone, survives_who_does_not_read, stops_in_a_flood, survives_interrupts,
    sleeps_while_nothing_comes,
]
UNTRACED = [(says_what_it_cannot_do, None)]
