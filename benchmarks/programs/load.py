"""Requests over kept-alive connections, one after another on each, as fast as answers come.

`python load.py OPTIONS.json`; knows nothing of this project. Prints requests, seconds, latencies.
"""

import asyncio
import json
import sys
import time
from itertools import count
from pathlib import Path

import uvloop


class Client(asyncio.Protocol):
    """One connection."""

    def __init__(self, requests, numbers, latencies):
        self.requests, self.numbers, self.latencies = requests, numbers, latencies
        self.buffer, self.lost = b"", None

    def connection_made(self, transport):
        """Ask at once."""
        self.transport = transport
        self.ask()

    def ask(self):
        """Send the request that is next among all connections."""
        self.asked = time.perf_counter()
        self.transport.write(self.requests[next(self.numbers) % len(self.requests)])

    def data_received(self, data):
        """Take in an answer, or a part of one; ask again when it is whole."""
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        lowered = head.lower()
        if not lowered.startswith(b"http/1.1 200"):
            self.lost = f"an answer was no success: {head.decode()}"
            self.transport.close()
            return
        length = int(lowered.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        if len(body) >= length:
            self.latencies.append(time.perf_counter() - self.asked)
            self.buffer = b""
            self.ask()

    def connection_lost(self, error):
        """A server that closes connections is not asked as hard as it should be."""
        if self.lost is None:
            self.lost = f"the server closed a connection: {error or 'without an error'}"


async def main(options):
    host, port = options["host"], options["port"]
    requests = [
        f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode() for path in options["paths"]
    ]
    loop, numbers, latencies = asyncio.get_running_loop(), count(), []
    clients = [Client(requests, numbers, latencies) for _ in range(options["connections"])]
    opened = [loop.create_connection(lambda c=client: c, host, port) for client in clients]
    await asyncio.gather(*opened)
    await asyncio.sleep(options["warm_seconds"])
    latencies.clear()
    started = time.perf_counter()
    await asyncio.sleep(options["seconds"])
    latest = started + options["seconds"] + options["patience_seconds"]
    while not latencies and not any(client.lost for client in clients):
        if time.perf_counter() > latest:
            sys.exit(f"no answer came within {latest - started:g} s, though connections are open")
        await asyncio.sleep(0.01)  # a busy machine has a figure too
    seconds, counted = time.perf_counter() - started, sorted(latencies)
    for client in clients:
        if client.lost:
            sys.exit(client.lost)
        client.transport.abort()
    print(
        json.dumps(
            {
                "per_second": len(counted) / seconds,
                "p50_ms": 1000 * counted[len(counted) // 2],
                "p99_ms": 1000 * counted[len(counted) * 99 // 100],
            }
        )
    )


if __name__ == "__main__":
    uvloop.run(main(json.loads(Path(sys.argv[1]).read_text())))
