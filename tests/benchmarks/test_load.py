"""A server that does not answer ends a measurement, with what it did."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator

import pytest

from benchmarks.service import Load

Serve = Callable[[bytes, bool], int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server that answers a connection's first request with some bytes; its port."""
    servers: list[socketserver.ThreadingTCPServer] = []

    def start(answer: bytes, stays: bool) -> int:
        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                self.request.recv(1000)
                self.request.sendall(answer)
                while stays and self.request.recv(1000):
                    pass

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        servers.append(server)
        port: int = server.server_address[1]
        return port

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("answer", "stays", "said"),
    [
        (b"", True, "no answer came within 0.3 s, though connections are open"),
        (b"", False, "the server closed a connection"),
        (b"HTTP/1.1 503 Busy\r\n\r\n", True, "an answer was no success: HTTP/1.1 503 Busy"),
    ],
)
def test_a_server_that_does_not_answer_is_told(
    serve: Serve, answer: bytes, stays: bool, said: str
) -> None:
    silent = stays and not answer
    load = Load(connections=2, seconds=0.1, patience_seconds=0.2 if silent else 60)
    with pytest.raises(SystemExit, match=said):
        load.on(serve(answer, stays), "/")
