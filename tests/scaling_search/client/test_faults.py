"""No service there, the wrong one, one that refuses or fails; wrong addresses and tokens."""

import socket
import sqlite3
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from results import Store
from results.errors import DatabaseUnavailableError
from results.states import AccessScope
from scaling_search.client import Client, stream
from search_spaces.errors import InputError, WorkError


class Scripted(HTTPServer):
    """Answers each request with the next of some answers: (status, headers, body)."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.answers: list[tuple[int, dict[str, str], str]] = []
        self.asked: list[tuple[str, str, dict[str, str]]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answering(BaseHTTPRequestHandler):
    server: Scripted

    def do_GET(self) -> None:
        self.server.asked.append((self.command, self.path, dict(self.headers)))
        self.rfile.read(int(self.headers.get("content-length", 0)))
        answers = self.server.answers
        status, headers, body = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    with Scripted() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


AWAY = (
    503,
    {"content-type": "application/problem+json", "retry-after": "0"},
    '{"detail": "the database is locked", "request_id": "r7", "errors": []}',
)
JSON = {"content-type": "application/json"}
EVENTS = {"content-type": "text/event-stream"}


def event(seq: int) -> str:
    return (
        f'id: {seq}\ndata: {{"id": {seq}, "sweep": 1, "seq": {seq}, "kind": "k", '
        '"at": "2026-11-22T10:00:00Z", "data": {}}\n\n'
    )


def test_no_service_there():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with Client(address) as client:
        with pytest.raises(WorkError, match=f"no service answers at {address} .*refused"):
            client.sweep(1)
        with pytest.raises(WorkError, match=f"no service answers at {address} .*refused"):
            next(client.events(1))


def test_a_service_that_says_nothing():
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        Client(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout_seconds=0.05) as client,
        pytest.raises(WorkError, match="did not answer in time"),
    ):
        client.sweep(1)


@pytest.mark.parametrize(
    "answer",
    [
        (200, {"content-type": "text/html"}, "<title>Sign in</title>"),
        (200, JSON, '{"hello": "world"}'),
        (200, JSON, '{"items": [{"id": 1}], "next": null}'),
        (302, {"location": "https://elsewhere.example/"}, ""),
        (404, {"content-type": "text/html"}, "not here"),
        (500, {"content-type": "application/problem+json"}, "no json"),
    ],
)
def test_something_else_answers(scripted, answer):
    scripted.answers = [answer]
    with Client(scripted.address) as client:
        for ask in (lambda: client.sweep(1), client.sweeps, lambda: client.trials(1)):
            with pytest.raises(WorkError, match="no scaling-search service of this version does"):
                ask()
        with pytest.raises(WorkError, match="no scaling-search service of this version does"):
            next(client.events(1))


def test_reading_and_submitting_are_tried_again_cancelling_is_not(scripted, library):
    scripted.answers = [AWAY, (200, JSON, '{"items": [], "next": null}')]
    with Client(scripted.address) as client:
        assert client.sweeps() == []
        assert len(scripted.asked) == 2
        scripted.answers = [AWAY]
        scripted.asked.clear()
        with pytest.raises(DatabaseUnavailableError, match=r"the database is locked \(request r7"):
            client.submit(library.spec)
        keys = {headers["Idempotency-Key"] for _, _, headers in scripted.asked}
        assert (len(scripted.asked), len(keys)) == (4, 1)
        scripted.asked.clear()
        with pytest.raises(DatabaseUnavailableError):
            client.request_cancel(1)
        assert len(scripted.asked) == 1


def test_a_service_that_fails_is_named_with_its_words(library_database, serve):
    address = serve(library_database)
    path = library_database.removeprefix("sqlite:///")
    with Client(address) as client, sqlite3.connect(path, isolation_level=None) as connection:
        client.sweep(1)
        connection.execute("ALTER TABLE trials RENAME TO gone")
        with pytest.raises(WorkError, match=f"the service at {address}: the service failed"):
            client.sweep(1)


def test_a_stream_goes_on_where_it_broke_off(scripted, monkeypatch):
    monkeypatch.setattr(stream.time, "sleep", lambda seconds: None)
    scripted.answers = [
        (200, EVENTS, "retry: 10\n\n" + event(1) + event(2) + "id: 3\ndata: {"),
        AWAY,
        (200, EVENTS, ": ping\n\n" + event(3)),
    ]
    with Client(scripted.address) as client:
        following = client.events(1)
        assert [next(following).seq for _ in range(3)] == [1, 2, 3]
    places = [headers["Last-Event-ID"] for _, _, headers in scripted.asked]
    assert places[0] == "0"
    assert set(places[1:]) == {"2"}


def test_a_stream_gives_up_on_a_service_that_stays_away(scripted, monkeypatch):
    monkeypatch.setattr(stream.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(stream, "_MOST_FAILURES", 1)
    scripted.answers = [(200, EVENTS, event(1)), AWAY]
    with Client(scripted.address) as client:
        following = client.events(1)
        assert next(following).seq == 1
        with pytest.raises(DatabaseUnavailableError, match="the database is locked"):
            next(following)


def test_a_cursor_that_was_tampered_with_is_refused_in_words(client):
    asked = {"cursor": "AAAA"}
    with pytest.raises(InputError, match="cursor is AAAA: it is not a cursor of this list"):
        client._connection.request("GET", "/v1/sweeps/1/trials", params=asked)


@pytest.fixture
def guarded(library_database, serve):
    with Store.open(library_database) as store:
        reader = store.create_token("reader", AccessScope.READ).secret
    return serve(library_database, require_tokens=True), reader


def test_a_token_is_sent_from_the_argument_or_the_environment(guarded, monkeypatch, library):
    address, secret = guarded
    with Client(address, secret) as client:
        assert client.sweep(1).id == 1
        with pytest.raises(InputError, match="needs a token with the scope submit, and reader has"):
            client.submit(library.spec)
    monkeypatch.setenv("SCALING_SEARCH_TOKEN", secret)
    with Client(address) as client:
        assert client.sweep(1).id == 1


@pytest.mark.parametrize("token", [None, "wrong-token-4711"])
def test_a_missing_or_wrong_token_is_refused_and_never_shown(guarded, token):
    address, _ = guarded
    with (
        Client(address, token) as client,
        pytest.raises(InputError, match=r"token.*SCALING_SEARCH_TOKEN") as caught,
    ):
        client.sweep(1)
    assert "4711" not in str(caught.value)
    assert repr(client) == f"Client('{address}')"


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "tøken"])
def test_what_no_token_can_be_is_refused_without_being_shown(token):
    with pytest.raises(InputError, match="the token has spaces") as caught:
        Client("http://127.0.0.1:1", token)
    assert token not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "must be the address of a service"),
        ("localhost:8321", "must be the address of a service"),
        ("ftp://host", "must be the address of a service"),
        ("http://host:port", "write for example http://host:8321"),
        ("http://host/?a=b", "must be the address of a service"),
        ("http://me:secret@host", "holds a name or password"),
    ],
)
def test_what_is_no_address_is_refused(address, words):
    with pytest.raises(InputError, match=words) as caught:
        Client(address)
    assert "secret" not in str(caught.value)
