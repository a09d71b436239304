# SPDX-License-Identifier: MIT
"""What hello_server must do. Each check gets a server of its own."""
import itertools
import threading

from talk import PATIENCE_SECONDS, Client, cannot_start, expect, until

PROGRAM = "hello_server"
GREETING = b"Hello world!\n"
PLACES = 256  # connections it serves at once
MANY = 200

# Sequences of bytes at every border of RFC 3629, section 4.
BORDERS = [0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0,
           0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFE, 0xFF]
SECONDS = [0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0]


def shown(data):
    """What the server prints when `data` arrives at once."""
    try:
        data.decode()
        text = data
    except UnicodeDecodeError:
        text = b"".join(b"%02x " % byte for byte in data)
    return b"received %d bytes: %b\n" % (len(data), text)


def is_heard(server, client, data):
    client.says(data)
    server.prints(shown(data))


def new(server):
    return Client(server, GREETING)


def greets(server):
    client = new(server)
    client.hears_nothing()
    client.leaves()
    server.is_idle()


def prints_text(server):
    client = new(server)
    for text in ("Good morning.", "two\nlines\n", "Grüße, 世界! 🙂", "é" * 4000, "\0"):
        is_heard(server, client, text.encode())


def prints_bytes(server):
    client, count = new(server), 0
    for length in (1, 2, 3):
        for data in itertools.product(BORDERS, *[SECONDS] * (length - 1)):
            is_heard(server, client, bytes(data))
            count += 1
    for data in itertools.product((0xF0, 0xF1, 0xF4, 0xF5), SECONDS, SECONDS, (0x80, 0xBF, 0xC0)):
        is_heard(server, client, bytes(data))
        count += 1
    return f"{count} sequences"


def prints_a_cut_character_as_bytes(server):
    client, euro = new(server), "€".encode()
    for cut in (1, 2):
        is_heard(server, client, euro[:cut])
        is_heard(server, client, euro[cut:])
    is_heard(server, client, euro)


def drains(server):
    client, data = new(server), bytes(range(0x80, 0x100)) * 32768
    client.says(data)
    total = 0
    while total < len(data):
        start = server.taken
        until(lambda: b"\n" in server.printed[start:], "the rest is not printed")
        line = bytes(server.printed[start:server.printed.index(b"\n", start) + 1])
        server.taken += len(line)
        total += int(line.split()[1])
    expect(total == len(data), f"{total} bytes printed of {len(data)}")
    is_heard(server, client, b"more")
    return f"{total} bytes"


def serves_many_at_once(server):
    for turn in range(2):
        clients = [new(server) for _ in range(MANY)]
        for number, client in enumerate(clients):
            is_heard(server, client, b"%d of turn %d" % (number, turn))
        for client in clients:
            client.leaves()
        server.is_idle()
    return f"{MANY} connections, twice"


def lets_wait_whom_it_has_no_place_for(server):
    clients = [new(server) for _ in range(PLACES)]
    waiting = [Client(server, None) for _ in range(10)]
    waiting[0].hears_nothing()
    before = server.cpu_seconds()
    waiting[-1].hears_nothing(0.5)
    expect(server.cpu_seconds() - before < 0.25, "it spins while it is full")
    for client in clients[:len(waiting)]:
        client.leaves()
    for client in waiting:
        client.hears(GREETING)
        is_heard(server, client, b"at last")
    return f"{PLACES} served, {len(waiting)} waited"


def hears_a_half_closed_connection_out(server):
    client = new(server)
    client.says(b"bye")
    client.ends()
    server.prints(shown(b"bye"))
    client.hears_the_end()
    server.is_idle()


def survives_resets(server):
    for said in (None, b"half a", b"word"):
        for _ in range(20):
            client = Client(server, GREETING if said else None)
            if said:
                is_heard(server, client, said)
            client.breaks_off()
    server.is_idle()
    is_heard(server, new(server), b"still here")


def survives_interrupts(server):
    client = new(server)
    for number in range(20):
        server.pause()
        is_heard(server, client, b"%d" % number)


def lets_nobody_starve(server):
    talker, over = new(server), threading.Event()

    def talk():
        try:
            while not over.is_set():
                talker.says(b"x" * 65536)
        except OSError:
            pass  # the server has ended

    thread = threading.Thread(target=talk)
    thread.start()
    try:
        for _ in range(5):
            new(server).leaves()
        server.stop()
    finally:
        over.set()
        server.kill()
        thread.join(PATIENCE_SECONDS)


def hangs_up_when_it_ends(server):
    clients = [new(server) for _ in range(5)]
    server.stop()
    for client in clients:
        client.hears_the_end()


def waits_for_descriptors(server):
    clients = [Client(server, None) for _ in range(30)]
    clients[-1].hears_nothing()
    before = server.cpu_seconds()
    for client in clients:
        client.hears(GREETING)
        is_heard(server, client, b"now")
        client.leaves()
    expect(server.cpu_seconds() - before < 2, "it spins without descriptors")
    server.is_idle()


def notices_that_there_are_descriptors_again(server):
    clients = [Client(server, None) for _ in range(30)]
    clients[-1].hears_nothing()
    server.may_open(100)
    for client in clients:
        client.hears(GREETING)


def says_what_it_cannot_do(server):
    cannot_start(server, "localhost", "address: invalid argument")
    cannot_start(server, f"127.0.0.1:{server.port}", "bind: address in use")


CHECKS = [
    greets, prints_text, prints_bytes, prints_a_cut_character_as_bytes, drains,
    serves_many_at_once, lets_wait_whom_it_has_no_place_for, hears_a_half_closed_connection_out,
    survives_resets, survives_interrupts, lets_nobody_starve, hangs_up_when_it_ends,
]
# With the limit of descriptors: so low that seven connections are too many.
UNTRACED = [(says_what_it_cannot_do, None), (waits_for_descriptors, 12),
            (notices_that_there_are_descriptors_again, 12)]
