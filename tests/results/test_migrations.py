"""The schema: migrations and tables agree, old databases open, newer ones are refused."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from results import Store, SweepState, TrialState
from results.database import Database
from results.migrations import prepare, status, upgrade
from results.migrations.__main__ import write_revision
from results.migrations.runner import VERSION_TABLE, revisions
from results.schema import Base
from search_spaces.errors import InputError

DATABASES = Path(__file__).parent / "databases"
"""One SQLite dump of a small real sweep for each revision, written by the version of that time."""


@pytest.fixture
def database(empty_url):
    opened = Database(empty_url)
    yield opened
    opened.close()


def _set_revision(database, revision):
    with database.write() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '{revision}'"))


def test_migrations_make_the_tables_that_the_code_uses(database):
    upgrade(database)
    with database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_revisions_are_one_line():
    assert revisions() == tuple(f"{number:04}" for number in range(1, len(revisions()) + 1))


def test_upgrading_goes_through_every_revision(database):
    before = None
    for revision in revisions():
        assert upgrade(database, revision) == (before, revision)
        assert status(database).revision == revision
        before = revision
    assert upgrade(database) == (before, before)
    assert status(database).current


@pytest.mark.parametrize("revision", revisions())
def test_a_database_of_each_revision_opens_and_goes_on(tmp_path, revision, examples):
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((DATABASES / f"{revision}.sql").read_text())
    with Store.open(f"sqlite:///{path}") as store:
        (sweep,) = store.sweeps()
        assert (sweep.name, sweep.state, sweep.seeds) == ("old", SweepState.INTERRUPTED, (0, 1))
        assert [candidate.alpha for candidate in store.candidates(sweep.id)] == [1.0, 1.1]
        states = [trial.state for trial in store.trials(sweep.id)]
        assert states == [TrialState.FINISHED, TrialState.FAILED, *[TrialState.PENDING] * 2]
        assert [epoch.accuracy for epoch in store.epochs(sweep.id)] == [0.1, 0.2]
        assert store.correct(sweep.id)[1].tolist() == [True, False, True]
        assert store.best("efficientnet_b0", "digits", 2.0).coefficients.alpha == 1.2
        assert [member.name for member in store.family_members(1)] == ["b0", "b1"]
        assert store.dataset("digits").images == 1797
        lease = store.claim(sweep.id, "me", ttl_seconds=60)
        attempt = store.start_attempt(lease, 3)
        store.finish_trial(lease, attempt.id, examples.result())
    database = Database(f"sqlite:///{path}")
    assert status(database).current
    database.close()


def test_what_earlier_sweeps_aimed_at_is_read_from_their_specifications(tmp_path):
    path = tmp_path / "old.db"
    by_size = '{"space":{"target":{"params_ratio":2.0}}}'
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((DATABASES / "0005.sql").read_text())
        connection.execute("update sweeps set spec = ?", [by_size])
        connection.commit()
    with Store.open(f"sqlite:///{path}") as store:
        assert store.sweep(1).target_quantity == "params"
        assert store.best("efficientnet_b0", "digits", 2.0) is None
        assert store.best(target_quantity="params").coefficients.alpha == 1.2


@pytest.mark.parametrize(
    ("before", "after"),
    [("finished", SweepState.INCOMPLETE), ("cancelled", SweepState.CANCELLED)],
)
def test_sweeps_that_finished_with_failed_trials_were_incomplete(tmp_path, before, after):
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((DATABASES / "0008.sql").read_text())
        connection.execute("update sweeps set state = ?", [before])
        connection.commit()
    with Store.open(f"sqlite:///{path}") as store:
        assert store.sweep(1).state is after


def test_a_sweep_without_failed_trials_stays_finished(tmp_path):
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((DATABASES / "0008.sql").read_text())
        connection.execute("update sweeps set state = 'finished'")
        connection.execute("update trials set state = 'diverged' where state = 'failed'")
        connection.commit()
    with Store.open(f"sqlite:///{path}") as store:
        assert store.sweep(1).state is SweepState.FINISHED


def test_an_embedded_database_is_made_on_open(tmp_path):
    url = f"sqlite:///{tmp_path}/new.db"
    with Store.open(url) as store:
        assert store.sweeps() == []
    database = Database(url)
    with database.read() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
    database.close()


OPEN = """
import sys
from results import Store
print("ready", flush=True)
sys.stdin.readline()
with Store.open(sys.argv[1]) as store:
    print(len(store.sweeps()))
"""


def test_many_processes_may_open_a_new_database_at_once(tmp_path, python):
    processes = [python(OPEN, f"sqlite:///{tmp_path}/new.db") for _ in range(4)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate() for process in processes]
    assert [output.strip() for output, _ in answers] == ["0"] * 4, answers


def test_a_shared_database_is_upgraded_only_on_request(postgres):
    url = postgres()
    with pytest.raises(InputError) as caught:
        Store.open(url)
    shown = str(Database(url))
    assert str(caught.value) == (
        f"{shown} holds no tables yet, this version needs {revisions()[-1]}: run "
        "`scaling-search db upgrade` once nobody uses an older version"
    )
    database = Database(url)
    with database.read() as connection:
        assert not connection.dialect.has_table(connection, "sweeps")
    upgrade(database)
    prepare(database)
    database.close()
    with Store.open(url) as store:
        assert store.sweeps() == []


def test_a_database_of_a_newer_version_is_refused_and_untouched(database, empty_url):
    upgrade(database)
    _set_revision(database, "9999")
    for use in (Store.open, lambda url: upgrade(database)):
        with pytest.raises(InputError) as caught:
            use(empty_url)
        assert str(caught.value) == (
            f"{database} was written by a newer scaling-search (schema 9999, this version knows "
            f"up to {revisions()[-1]}): upgrade with `pip install --upgrade scaling-search`"
        )
    with database.read() as connection:
        assert connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")) == "9999"


def test_a_migration_that_fails_changes_nothing(database, monkeypatch):
    class PowerCutError(Exception):
        pass

    # Alembic has made every table when the transaction is about to end.
    from alembic import command

    run = command.upgrade

    def upgrade_and_fail(config, revision):
        run(config, revision)
        raise PowerCutError

    monkeypatch.setattr(command, "upgrade", upgrade_and_fail)
    with pytest.raises(PowerCutError):
        upgrade(database)
    assert status(database).revision is None
    with database.read() as connection:
        assert not connection.dialect.has_table(connection, "sweeps")
    monkeypatch.undo()
    upgrade(database)
    assert status(database).current


def test_an_up_to_date_database_opens_without_alembic(tmp_path):
    url = f"sqlite:///{tmp_path}/results.db"
    Store.open(url).close()
    code = (
        "import sys; from results import Store; Store.open(sys.argv[1]).close(); "
        "print([name for name in ('alembic', 'pandas', 'torch', 'ray') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, url], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_writing_a_revision_needs_a_change(tmp_path):
    with pytest.raises(InputError, match="the tables are as the last revision left them"):
        write_revision("nothing new", tmp_path)
    with pytest.raises(InputError, match="message is '!': say in a few words"):
        write_revision("!", tmp_path)


def test_a_revision_is_written_from_changed_tables(tmp_path, monkeypatch):
    from sqlalchemy import Column, MetaData

    from results.columns import CleanText

    changed = MetaData(naming_convention=Base.metadata.naming_convention)
    for table in Base.metadata.tables.values():
        table.to_metadata(changed)
    changed.tables["trials"].append_column(Column("note", CleanText, nullable=True))
    monkeypatch.setattr(Base, "metadata", changed)
    path = write_revision("keep a note", tmp_path)
    number = len(revisions()) + 1
    assert path == tmp_path / f"v{number:04}_keep_a_note.py"
    text = path.read_text()
    assert text.startswith('"""Keep a note."""\n')
    assert f"revision = '{number:04}'\ndown_revision = '{revisions()[-1]}'\n" in text
    assert "batch_op.add_column(sa.Column('note', sa.Text(), nullable=True))" in text
    compile(text, str(path), "exec")


def test_migrations_need_no_particular_folder(tmp_path):
    """The files that Alembic reads come with the package, wherever one stands."""
    package = tmp_path / "installed"
    root = Path(__file__).parents[2]
    for room in ("results", "search_spaces"):
        shutil.copytree(root / room, package / room)
    (tmp_path / "elsewhere" / "results").mkdir(parents=True)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import results; "
        "from results import Store; Store.open(sys.argv[2]).close(); print(results.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(package), f"sqlite:///{tmp_path}/new.db"],
        cwd=tmp_path / "elsewhere",
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{package}/results/__init__.py\n"
