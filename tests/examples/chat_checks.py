# SPDX-License-Identifier: MIT
"""What chat_server must do. Each check gets a server of its own."""
import threading

from talk import Client, cannot_start, expect, until

PROGRAM = "chat_server"
GREETING = b"welcome\n"
PLACES = 64
LINE_MAX = 1024
LINES = 300


def new(server, **options):
    return Client(server, GREETING, **options)


def passes_on_to_all_others_once_in_order(server):
    clients = [new(server) for _ in range(3)]
    lines = [[b"%d says %d\n" % (who, i) for i in range(LINES)] for who in range(3)]
    for line in zip(*lines):
        for client, said in zip(clients, line):
            client.says(said)
    for who, client in enumerate(clients):
        others = sorted({0, 1, 2} - {who})
        got = bytearray()
        wanted = sum(len(line) for other in others for line in lines[other])
        while len(got) < wanted:
            data = client.socket.recv(wanted - len(got))
            expect(data, f"client {who} is hung up on")
            got += data
        heard = bytes(got).splitlines(keepends=True)
        for other in others:
            part = [line for line in heard if line.startswith(b"%d" % other)]
            expect(part == lines[other], f"client {who} misses lines of {other}, or their order")
        expect(len(heard) == 2 * LINES, f"client {who} hears {len(heard)} lines")
    for client in clients:
        client.hears_nothing()
    return f"3 clients, {LINES} lines each"


def puts_lines_together(server):
    speaker, hearer = new(server), new(server)
    for piece in (b"in ", b"three ", b"pieces"):
        speaker.says(piece)
        hearer.hears_nothing()
    speaker.says(b"\ntwo\nmore and ")
    hearer.hears(b"in three pieces\ntwo\n")
    hearer.hears_nothing()
    speaker.says(b"\0\xff\n")
    hearer.hears(b"more and \0\xff\n")


def passes_on_long_lines(server):
    speaker, hearer = new(server), new(server)
    for length in (LINE_MAX - 1, LINE_MAX, LINE_MAX + 1, 10 * LINE_MAX):
        line = b"x" * (length - 1) + b"\n"
        speaker.says(line)
        hearer.hears(line)


def puts_out_who_does_not_read(server):
    speaker, hearer = new(server), new(server)
    slow = new(server, receive_buffer=4096)
    chunk, sent = (b"y" * 63 + b"\n") * 512, 0
    idle = server.idle
    while server.descriptors() == idle + 3:
        speaker.says(chunk)
        hearer.hears(chunk)
        sent += len(chunk)
        expect(sent < 64 << 20, "64 MiB are kept for a client who does not read")
    slow.hears_the_end()
    speaker.says(b"and on\n")
    hearer.hears(b"and on\n")
    return f"after {sent} bytes"


def survives_who_leaves(server):
    speaker, hearer = new(server), new(server)
    for number in range(30):
        guest = new(server)
        guest.says(b"hello\nand one more th")
        speaker.hears(b"hello\n")
        hearer.hears(b"hello\n")
        [guest.leaves, guest.ends, guest.breaks_off][number % 3]()
        speaker.says(b"%d\n" % number)
        hearer.hears(b"%d\n" % number)
    until(lambda: server.descriptors() == server.idle + 2, "connections are left open")


def lets_wait_whom_it_has_no_place_for(server):
    clients = [new(server) for _ in range(PLACES)]
    waiting = [Client(server, None) for _ in range(40)]
    before = server.cpu_seconds()
    waiting[0].hears_nothing(0.5)
    expect(server.cpu_seconds() - before < 0.25, "it spins while it is full")
    for client in clients[:len(waiting)]:
        client.leaves()
    for client in waiting:
        client.hears(GREETING)
    clients[-1].says(b"all here\n")
    waiting[-1].hears(b"all here\n")
    return f"{PLACES} seated, {len(waiting)} waited"


def survives_a_crowd(server):
    def come_and_go():
        for number in range(100):
            client = Client(server, GREETING if number % 3 else None)
            client.says(b"hello\n")
            client.breaks_off() if number % 2 else client.leaves()

    threads = [threading.Thread(target=come_and_go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.is_idle()
    return "400 connections from 4 threads"


def survives_interrupts(server):
    speaker, hearer = new(server), new(server)
    for number in range(20):
        server.pause()
        speaker.says(b"%d\n" % number)
        hearer.hears(b"%d\n" % number)


def hangs_up_when_it_ends(server):
    clients = [new(server) for _ in range(PLACES)] + [Client(server, None) for _ in range(5)]
    server.stop()
    for client in clients:
        client.hears_the_end()


def waits_for_descriptors(server):
    clients = [Client(server, None) for _ in range(30)]
    clients[-1].hears_nothing()
    before = server.cpu_seconds()
    for client in clients:
        client.hears(GREETING)
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
    cannot_start(server, "9001", "address: invalid argument")
    cannot_start(server, f"127.0.0.1:{server.port}", "bind: address in use")


CHECKS = [
    passes_on_to_all_others_once_in_order, puts_lines_together, passes_on_long_lines,
    puts_out_who_does_not_read, survives_who_leaves, lets_wait_whom_it_has_no_place_for,
    survives_a_crowd, survives_interrupts, hangs_up_when_it_ends,
]
# With the limit of descriptors: so low that seven connections are too many.
UNTRACED = [(says_what_it_cannot_do, None), (waits_for_descriptors, 14),
            (notices_that_there_are_descriptors_again, 14)]
