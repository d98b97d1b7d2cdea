"""The service as a process of its own."""

import json
import signal
import socket
import subprocess
import sys
from contextlib import suppress

import httpx
import pytest

from api.server import serve
from api.settings import Settings
from results import Store
from results.states import AccessScope
from search_spaces.errors import InputError

SERVE = """
import sys
from api.server import serve
from api.settings import load
serve(load(), listening=lambda url: print(url, flush=True))
"""


@pytest.fixture
def process(database, monkeypatch):
    monkeypatch.setenv("SCALING_SEARCH_DATABASE_URL", database)
    monkeypatch.setenv("SCALING_SEARCH_PORT", "0")
    started = subprocess.Popen(
        [sys.executable, "-c", SERVE], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    yield started
    started.kill()
    started.communicate()


def test_it_serves_until_it_is_told_to_stop(process):
    url = process.stdout.readline().strip()
    assert url.startswith("http://127.0.0.1:")
    answer = httpx.get(f"{url}/readyz", headers={"X-Request-ID": "asked-1"}, timeout=30)
    assert answer.json() == {"status": "ok"}
    with httpx.stream("GET", f"{url}/v1/sweeps/2/events", timeout=30) as stream:
        lines = stream.iter_lines()
        assert next(lines) == "retry: 2000"
        process.send_signal(signal.SIGTERM)
        with suppress(httpx.RemoteProtocolError):  # an open stream is cut off; clients reconnect
            for _ in lines:
                pass
    _, log = process.communicate(timeout=30)
    assert process.returncode in (0, -signal.SIGTERM)
    entries = [json.loads(line) for line in log.splitlines()]
    (entry,) = (entry for entry in entries if entry.get("request_id") == "asked-1")
    assert (entry["event"], entry["path"], entry["status"]) == ("request", "/readyz", 200)
    assert not any("results.db" in line for line in log.splitlines())


def test_a_port_that_is_taken_is_named(database):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError) as caught:
            serve(Settings(database_url=database, port=port))
    assert str(caught.value) == (
        f"the service cannot listen on 127.0.0.1:{port} (Address already in use): choose another "
        "port with SCALING_SEARCH_PORT, or stop the process that uses it"
    )


def test_an_address_of_another_machine_is_refused(database):
    with Store.open(database) as store:
        store.create_token("laptop", AccessScope.READ)
    with pytest.raises(InputError, match=r"cannot listen on 203\.0\.113\.1:8321"):
        serve(Settings(database_url=database, host="203.0.113.1"))
