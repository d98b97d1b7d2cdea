"""The commands over HTTP: they print what they print on the database itself."""

import shutil
import socket

import pytest

from results import Store
from results.states import AccessScope, SweepState

FINISHED, RUNNING, WAITING, FAILED, UNSURE = range(1, 6)
EVERY = [str(number) for number in range(1, 6)]


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch):
    for name in ("SERVER", "TOKEN", "DATABASE_URL"):
        monkeypatch.delenv(f"SCALING_SEARCH_{name}", raising=False)


@pytest.fixture(scope="module")
def shelf(library_file, tmp_path_factory):
    """The library's database, for tests that change nothing in it."""
    path = tmp_path_factory.mktemp("shelf") / "results.db"
    shutil.copy(library_file, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="module")
def address(shelf, serve):
    return serve(shelf)


@pytest.fixture
def both(shell, shelf, address):
    """Runs a command on the database and over HTTP; the two must not differ."""

    def run(*words):
        here = shell.invoke(*words, "--database", shelf)
        there = shell.invoke(*words, "--server", address)
        assert there.stdout == here.stdout
        assert (there.exit_code, there.stderr) == (here.exit_code, here.stderr)
        return there

    return run


@pytest.mark.parametrize("json", [(), ("--json",)])
@pytest.mark.parametrize(
    "words",
    [
        ("sweeps",),
        ("sweeps", "--limit", "2"),
        ("sweeps", "--state", "finished", "--dataset", "photos"),
        ("sweeps", "--baseline", "mobilenet_v2"),
        *(("show", number, "--trials") for number in EVERY),
        ("best",),
        ("best", "--dataset", "digits"),
        ("family", "--members", "2"),
        ("family", "1", "--members", "2", "--classes", "7"),
        ("family", "published", "--members", "1"),
        ("family", "--coefficients", "1.2,1.1,1.15", "--members", "2"),
        ("model", "--flops", "1G"),
    ],
)
def test_what_is_printed_is_the_same(both, words, json):
    result = both(*words, *json)
    assert result.exit_code == 0, result.stderr
    assert len(result.stdout) > 10


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("show", "99"), 2, "sweep 99 does not exist"),
        (("cancel", "99"), 2, "sweep 99 does not exist"),
        (("cancel", "1"), 2, "sweep 1 is finished: there is nothing to cancel"),
        (("sweeps", "--state", "done"), 2, "--state 'done' is unknown"),
        (("best", "--target", "3"), 1, "only 1 inconclusive"),
        (("best", "--dataset", "cats"), 1, "nothing is stored for efficientnet_b0"),
        (("best", "--baseline", "mobilenet"), 2, "did you mean mobilenet_v"),
        (("family", "2"), 1, "sweep 2 is running and has no leader"),
        (("family", "99"), 2, "sweep 99 does not exist"),
        (("family", "one"), 2, "give a sweep's number"),
    ],
)
def test_what_goes_wrong_is_told_in_the_same_words(both, words, code, error):
    result = both(*words)
    assert (result.exit_code, result.stdout) == (code, "")
    assert error in result.stderr


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_exports_are_the_same(both, kind):
    assert len(both("export", "1", "--format", kind).stdout) > 1000


def test_a_sweep_that_was_really_run_looks_the_same(conclusive, serve):
    address = serve(f"sqlite:///{conclusive.database}")
    for words in (("show", "1", "--trials"), ("sweeps",), ("best",), ("family", "1")):
        for json in ((), ("--json",)):
            here, there = (
                conclusive.invoke(*words, *json),
                conclusive.invoke(*words, *json, "--server", address),
            )
            assert (there.exit_code, there.stdout) == (0, here.stdout)


def test_a_service_takes_its_address_and_token_from_the_environment(
    shell, library_database, serve, monkeypatch
):
    with Store.open(library_database) as store:
        secret = store.create_token("me", AccessScope.SUBMIT).secret
    monkeypatch.setenv("SCALING_SEARCH_SERVER", serve(library_database, require_tokens=True))
    refused = shell.invoke("show", "1")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "a token is required" in refused.stderr
    assert "SCALING_SEARCH_TOKEN" in refused.stderr
    monkeypatch.setenv("SCALING_SEARCH_TOKEN", secret)
    assert shell.invoke("show", "1").stdout.startswith("Sweep 1 'finished': finished")
    monkeypatch.setenv("SCALING_SEARCH_TOKEN", secret + "x")
    wrong = shell.invoke("show", "1")
    assert wrong.exit_code == 2
    assert secret not in wrong.output
    assert shell.invoke("sweeps", "--server", "").exit_code == 0  # the database again


def test_a_sweep_is_cancelled_and_resumed_there(shell, library_database, serve):
    there = ("--server", serve(library_database))
    assert shell.invoke("cancel", str(WAITING), *there).stdout == "sweep 3 is cancelled\n"
    assert shell.invoke("resume", str(WAITING), *there).stdout == (
        "sweep 3 is queued: `scaling-search watch 3` follows it\n"
    )
    assert shell.json("resume", str(WAITING), *there) == {"id": 3, "state": "queued"}
    assert shell.json("cancel", str(RUNNING), *there) == {
        "id": RUNNING,
        "state": "running",
        "cancel_requested": True,
    }
    with Store.open(library_database) as store:
        assert store.sweep(WAITING).state is SweepState.QUEUED
        assert store.sweep(RUNNING).cancel_requested
    finished = shell.invoke("resume", str(FINISHED), *there)
    assert finished.exit_code == 2
    assert "nothing may follow finished" in finished.stderr


def test_what_only_makes_sense_here_is_refused_with_a_server(shell, address):
    for words in (("--workers", "4"), ("--baseline", "nets:TinyNet")):
        result = shell.invoke("resume", "3", "--server", address, *words)
        assert result.exit_code == 2
        assert "leave them out with --server" in result.stderr
    result = shell.invoke("family", "1", "--server", address, "--measure")
    assert result.exit_code == 2
    assert "leave out one of --measure and --server" in result.stderr


def test_no_service_there_is_one_line(shell):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
    result = shell.invoke("sweeps", "--server", address)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Error: no service answers at {address} ")
    assert result.stderr.count("\n") == 1
    result = shell.invoke("sweeps", "--server", "host:8321")
    assert result.exit_code == 2
    assert "write for example http://host:8321" in result.stderr


@pytest.mark.parametrize("number", ["1", "2"])
@pytest.mark.parametrize("kind", ["triangle", "accuracy", "ratios", "curves", "family"])
def test_figures_are_the_same(shell, shelf, address, tmp_path, kind, number):
    drawn = []
    for option, value in (("--database", shelf), ("--server", address)):
        target = tmp_path / f"{option}.json"
        result = shell.invoke("plot", kind, number, "-o", str(target), option, value)
        assert (result.exit_code, result.output) == (0, "")
        drawn.append(target.read_text())
    assert drawn[0] == drawn[1]


def test_a_report_is_written_over_http(shell, address, tmp_path):
    target = tmp_path / "report.html"
    result = shell.invoke("report", "1", "-o", str(target), "--server", address)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "<h1>Sweep 1: " in target.read_text()
