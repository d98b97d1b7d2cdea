"""Where the record is: which URL is meant, and what unusable places are told."""

import os
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event

from results import DatabaseUnavailableError, Store
from results.urls import default_path, describe, resolve
from search_spaces.errors import InputError, WorkError


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    monkeypatch.delenv("SCALING_SEARCH_DATABASE_URL", raising=False)


def test_an_argument_comes_before_the_environment_before_the_default(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    assert default_path() == tmp_path / "home" / "scaling-search" / "results.db"
    assert describe(resolve()) == str(default_path())
    assert default_path().parent.is_dir()
    monkeypatch.setenv("SCALING_SEARCH_DATABASE_URL", f"sqlite:///{tmp_path}/team.db")
    assert describe(resolve()) == f"{tmp_path}/team.db"
    assert describe(resolve(f"sqlite:///{tmp_path}/mine.db")) == f"{tmp_path}/mine.db"
    monkeypatch.setenv("SCALING_SEARCH_DATABASE_URL", "")
    assert describe(resolve()) == str(default_path())


def test_a_relative_path_stays_where_it_was(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    url = resolve("sqlite:///mine.db")
    monkeypatch.chdir("/")
    assert describe(url) == f"{tmp_path}/mine.db"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann:s3cret@db.example/search",
        "postgres://ann:s3cret@db.example/search",
        "postgresql+psycopg://ann@db.example/search?password=s3cret&sslpassword=s3cret",
    ],
)
def test_a_password_is_never_shown(url):
    shown = describe(resolve(url))
    assert "s3cret" not in shown
    assert "db.example" in shown


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("results s3cret.db", "the database URL cannot be read: it must look like sqlite:////"),
        ("mysql://ann:s3cret@db/search", "the database URL starts with mysql: only SQLite and "),
        ("postgresql+psycopg2://s3cret@db/x", "the database URL starts with postgresql+psycopg2: "),
        ("sqlite://", "the database URL names an in-memory SQLite database: results must outlive"),
        ("sqlite:///:memory:", "the database URL names an in-memory SQLite database: results must"),
        ("sqlite:///a.db?mode=ro", "the database URL has more than a path: for SQLite write three"),
        ("sqlite://a.db", "the database URL has more than a path: for SQLite write three slashes"),
        ("sqlite:////no/such/folder/a.db", "the database folder /no/such/folder does not exist: "),
        ("sqlite:////usr", "the database /usr is a folder: name a file in it, for example /usr/"),
    ],
)
def test_a_wrong_url_is_explained(url, message):
    with pytest.raises(InputError) as caught:
        resolve(url)
    assert str(caught.value).startswith(message)
    assert "s3cret" not in str(caught.value)


def test_an_unreachable_server_is_told_without_its_password():
    with pytest.raises(DatabaseUnavailableError) as caught:
        Store.open("postgresql://ann:s3cret@127.0.0.1:1/search")
    message = str(caught.value)
    assert message.startswith(
        "postgresql+psycopg://ann:***@127.0.0.1:1/search: the database cannot be reached: check "
        "that it runs and that SCALING_SEARCH_DATABASE_URL is right (connection failed"
    )
    assert "s3cret" not in message


def test_a_file_that_is_no_database_is_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but something dear to its owner\n" * 50)
    before = path.read_bytes()
    with pytest.raises(InputError) as caught:
        Store.open(f"sqlite:///{path}")
    assert str(caught.value) == (
        f"{path}: this file is not an SQLite database: name another file in "
        "SCALING_SEARCH_DATABASE_URL (file is not a database)"
    )
    assert path.read_bytes() == before


def test_tables_of_another_program_are_left_alone(tmp_path):
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE events (id INTEGER)")
    with pytest.raises(InputError) as caught:
        Store.open(f"sqlite:///{path}")
    assert str(caught.value) == (
        f"{path} holds tables of another program (events): name another database in "
        "SCALING_SEARCH_DATABASE_URL"
    )


def _as_nobody(action):
    """The error text of `action` in a process that may not write where only root may."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            action()
            text = "no error"
        except InputError as error:
            text = str(error)
        except BaseException as error:
            text = repr(error)
        os.write(write_end, text.encode())
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return text


@pytest.fixture
def open_folder(tmp_path):
    """A folder that everybody may enter (pytest's own are private)."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.owner() == tmp_path.owner() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | stat.S_IXOTH | stat.S_IROTH)
    return tmp_path


def test_a_folder_that_may_not_be_written_is_explained(open_folder):
    open_folder.chmod(0o555)
    text = _as_nobody(lambda: Store.open(f"sqlite:///{open_folder}/results.db"))
    open_folder.chmod(0o755)
    assert text == (
        f"{open_folder}/results.db: the database cannot be opened: its folder and file must be "
        "readable and writable; correct that or name another place in SCALING_SEARCH_DATABASE_URL "
        "(unable to open database file)"
    )


def test_a_read_only_database_is_explained(open_folder, examples):
    url = f"sqlite:///{open_folder}/results.db"
    with Store.open(url) as store:
        store.create_sweep(examples.sweep(), examples.plan())
    (open_folder / "results.db").chmod(0o444)
    open_folder.chmod(0o555)

    def write():
        with Store.open(url) as store:
            store.request_cancel(1)

    text = _as_nobody(write)
    open_folder.chmod(0o755)
    assert text.startswith(f"{open_folder}/results.db: the database ")
    assert "SCALING_SEARCH_DATABASE_URL" in text


def test_a_home_that_cannot_hold_the_default_is_explained(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    with pytest.raises(InputError) as caught:
        Store.open()
    assert str(caught.value).startswith(
        f"the folder {tmp_path}/file/scaling-search for the database cannot be created (Not a "
        "directory): name another place in SCALING_SEARCH_DATABASE_URL, for example sqlite:////"
    )


def test_a_full_disk_loses_nothing_committed(tmp_path, examples):
    url = f"sqlite:///{tmp_path}/results.db"
    with Store.open(url) as store:
        sweep_id = store.create_sweep(examples.sweep(), examples.plan())

        @event.listens_for(store._database.engine, "checkout")
        def fill_the_disk(connection, *_):
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count={pages}")

        with pytest.raises(WorkError) as caught:
            store.create_sweep(examples.sweep(), examples.plan(2000))
        assert str(caught.value) == (
            f"{tmp_path}/results.db: the disk is full: free some space and resume; everything "
            "committed so far is kept (database or disk is full)"
        )
    with Store.open(url) as store:
        assert [sweep.id for sweep in store.sweeps()] == [sweep_id]
        assert len(store.trials(sweep_id)) == 4


def test_a_locked_database_is_worth_another_try(url, scene, store):
    lease = scene.claimed()
    with Store.open(url, timeout_seconds=0.05) as impatient, store._database.write() as connection:
        connection.exec_driver_sql("UPDATE sweeps SET name = 'held'")
        with pytest.raises(DatabaseUnavailableError, match="try again"):
            impatient.append_event(lease, "note", {})
        assert impatient.sweep(lease.sweep_id).name == "first"
    assert store.append_event(lease, "note", {}) == 3


def test_a_patient_writer_waits_for_the_lock(scene, store):
    lease = scene.claimed()
    with store._database.write() as connection:
        connection.exec_driver_sql("UPDATE sweeps SET name = 'held'")
        waiting = threading.Thread(target=store.append_event, args=(lease, "note", {}))
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
    waiting.join()
    assert scene.kinds(lease.sweep_id)[-1] == "note"


def test_a_lost_connection_is_made_again(postgres_with_tables):
    cut_off = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
    with Store.open(postgres_with_tables) as store:
        name = str(store._database.url.database)
        with psycopg.connect(postgres_with_tables, dbname="postgres") as connection:
            connection.execute(cut_off, (name,))
        assert store.datasets() == []


def test_a_location_is_fit_for_messages(tmp_path):
    with Store.open(f"sqlite:///{tmp_path}/results.db") as store:
        assert store.location == f"{tmp_path}/results.db"
