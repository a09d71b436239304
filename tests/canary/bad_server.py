#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A server that the demo must refuse: it greets wrongly."""
import socket

with socket.create_server(("127.0.0.1", 0)) as listener:
    print(f"listening on 127.0.0.1:{listener.getsockname()[1]}", flush=True)
    while True:
        listener.accept()[0].sendall(b"Hello word!\n\n")
