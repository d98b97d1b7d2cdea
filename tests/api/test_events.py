"""Following a sweep: in order, without gaps, through reconnects and slow readers."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
import uvicorn
from prometheus_client import Gauge

from api.app import create_app
from api.events import Hub
from api.events.watcher import QUEUE_LENGTH, EncodedEvent, Watcher
from api.settings import Settings
from results import DatabaseUnavailableError, Store
from results.states import SweepState

pytestmark = pytest.mark.anyio


@pytest.fixture
def url(database) -> Iterator[str]:
    """A service that really listens: a stream has no end that a test could wait for."""
    settings = Settings(
        database_url=database, events_poll_seconds=0.02, max_watchers=3, answer_seconds=0
    )
    server = uvicorn.Server(
        uvicorn.Config(create_app(settings), port=0, log_config=None, timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


class Stream:
    """A response as events: (id, kind, data)."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.iter_lines()

    def take(self, count: int) -> list[tuple[int, str, dict]]:
        """The next `count` events; fewer if the stream ends."""
        found, fields = [], {}
        for line in self._lines:
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "data" in fields:
                found.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
                fields = {}
                if len(found) == count:
                    break
        return found


@contextmanager
def _follow(url: str, sweep: int, **options) -> Iterator[Stream]:
    address = f"{url}/v1/sweeps/{sweep}/events"
    with httpx.stream("GET", address, timeout=20, **options) as response:
        yield Stream(response)


def test_a_stream_tells_what_was_and_what_comes(url, store):
    with _follow(url, 2) as stream:
        response = stream.response
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["x-request-id"]
        past = stream.take(3)
        assert [(seq, kind) for seq, kind, _ in past] == [
            (1, "created"), (2, "claimed"), (3, "trial_started"),
        ]  # fmt: skip
        assert past[0][2]["data"]["name"] == "running"
        assert past[0][2]["sweep"] == 2
        store.request_cancel(2)
        assert [(seq, kind) for seq, kind, _ in stream.take(1)] == [(4, "cancel_requested")]


@pytest.mark.parametrize(
    ("options", "first"),
    [
        ({"headers": {"Last-Event-ID": "2"}}, 3),
        ({"params": {"after": 1}}, 2),
        ({"params": {"after": 1}, "headers": {"Last-Event-ID": "2"}}, 3),
        ({"headers": {"Last-Event-ID": "999"}}, 4),
    ],
)
def test_a_stream_goes_on_where_it_broke_off(url, store, options, first):
    with _follow(url, 2, **options) as stream:
        if first == 4:
            store.request_cancel(2)
        assert stream.take(1)[0][0] == first


def test_many_watchers_see_the_same(url, library, store):
    lease = library.claimed()
    with _follow(url, lease.sweep_id) as one, _follow(url, lease.sweep_id) as other:
        assert [stream.take(2)[1][1] for stream in (one, other)] == ["claimed"] * 2
        for number in range(700):
            store.append_event(lease, "note", {"number": number})
        for stream in (one, other):
            told = stream.take(700)
            assert [seq for seq, _, _ in told] == list(range(3, 703))
            assert [data["data"]["number"] for _, _, data in told] == list(range(700))


def test_there_is_room_for_so_many(url, problem):
    with _follow(url, 2) as one, _follow(url, 2) as two, _follow(url, 2) as three:
        for stream in (one, two, three):
            stream.take(1)
        refused = httpx.get(f"{url}/v1/sweeps/2/events")
        found = problem(refused, 429, "too-many")
        assert found["detail"] == "at most 3 event streams may be open"
        assert "scaling_search_watchers 3.0" in httpx.get(f"{url}/metrics").text
    for _ in range(200):
        if "scaling_search_watchers 0.0" in httpx.get(f"{url}/metrics").text:
            break
        time.sleep(0.05)
    else:
        pytest.fail("streams that were closed are still counted")


@pytest.mark.parametrize("value", ["-1", "x", str(2**63)])
def test_a_wrong_last_event_id_is_refused(url, problem, value):
    response = httpx.get(f"{url}/v1/sweeps/2/events", headers={"Last-Event-ID": value})
    found = problem(response, 422, "invalid")
    assert found["errors"][0]["field"] == "last-event-id"


def test_a_stream_of_a_deleted_sweep_ends(url, store, monkeypatch):
    monkeypatch.setattr("api.events.hub._CHECK_DELETED_SECONDS", 0.05)
    with _follow(url, 4) as stream:
        assert [kind for _, kind, _ in stream.take(4)][-1] == "released"
        store.delete_sweep(4)
        assert stream.take(1) == []


@pytest.fixture
def hub(store) -> Hub:
    return Hub(store, poll_seconds=0.01, max_watchers=9, watching=Gauge("w", "w", registry=None))


class Polls:
    """What the hub asks the database for: the last event of each sweep that somebody watches."""

    def __init__(self) -> None:
        self.away = False
        self.asked: list[dict[int, int]] = []

    async def until(self, condition: Callable[[], bool]) -> None:
        for _ in range(2000):
            if condition():
                return
            await asyncio.sleep(0.01)
        pytest.fail("it never came to that")

    async def until_told(self, sweep: int, seq: int) -> None:
        """Until this event was told to all who watch."""
        await self.until(lambda: any(asked.get(sweep) == seq for asked in self.asked))


@pytest.fixture
def polls(monkeypatch) -> Polls:
    watched = Polls()
    events_since = Store.events_since

    def ask(self, positions, **options):
        watched.asked.append(dict(positions))
        if watched.away:
            raise DatabaseUnavailableError("away")
        return events_since(self, positions, **options)

    monkeypatch.setattr(Store, "events_since", ask)
    return watched


async def test_a_slow_stream_reads_again_what_it_missed(hub, library, store, polls):
    lease = library.claimed()
    polling = asyncio.create_task(hub.run())
    stream = hub.follow(lease.sweep_id, 0)
    seen = [await anext(stream) for _ in range(2)]
    waiting = asyncio.create_task(anext(stream))
    await polls.until_told(lease.sweep_id, 2)
    # Nobody reads until all of them are there, so that the queue overflows.
    for number in range(2 * QUEUE_LENGTH):
        store.append_event(lease, "note", {"number": number})
    seen.append(await waiting)
    seen += [await anext(stream) for _ in range(2 * QUEUE_LENGTH - 1)]
    ids = [int(text.partition(b"id: ")[2].split()[0]) for text in seen]
    assert ids == list(range(1, 2 * QUEUE_LENGTH + 3))
    await stream.aclose()
    polling.cancel()


async def test_a_database_that_is_away_is_waited_for(hub, library, store, polls, monkeypatch):
    monkeypatch.setattr("api.events.hub._PAUSE_SECONDS", 0.02)
    lease = library.claimed()
    polling = asyncio.create_task(hub.run())
    stream = hub.follow(lease.sweep_id, 2)
    waiting = asyncio.create_task(anext(stream))
    await polls.until_told(lease.sweep_id, 2)
    polls.away = True
    before = len(polls.asked)
    await polls.until(lambda: len(polls.asked) > before)  # what was asked before is answered
    store.append_event(lease, "note", {})
    await polls.until(lambda: len(polls.asked) > before + 2)
    assert not waiting.done()
    polls.away = False
    assert b"event: note" in await asyncio.wait_for(waiting, 20)
    await stream.aclose()
    polling.cancel()


async def test_streams_end_with_the_service(hub, library, polls):
    lease = library.claimed()
    library.end(lease, SweepState.INTERRUPTED)
    polling = asyncio.create_task(hub.run())
    stream = hub.follow(lease.sweep_id, 4)
    waiting = asyncio.create_task(anext(stream))
    await polls.until_told(lease.sweep_id, 4)
    polling.cancel()
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(waiting, 20)


async def test_a_queue_is_bounded_and_admits_what_it_dropped():
    watcher = Watcher()
    for seq in range(QUEUE_LENGTH + 5):
        watcher.put(EncodedEvent(seq, b""))
    assert await watcher.next() is None
    watcher.put(EncodedEvent(1000, b""))
    assert (await watcher.next()).seq == 1000
