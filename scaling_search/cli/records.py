"""Where sweeps are: in a database, or behind a service. The commands are the same over both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from results.store import Store
from search_spaces.baselines import get_baseline
from search_spaces.errors import InputError
from search_spaces.specs.sweep import SweepSpec

if TYPE_CHECKING:
    from scaling_search.client import Client

    Records: TypeAlias = Store | Client


@contextmanager
def open_records(server: str | None, database: str | None) -> Iterator[Records]:
    """The service, if one is named; else the database.

    Raises:
        InputError: the address, the token or the database's URL cannot be one.
        WorkError: the database cannot be reached.
    """
    if server:
        from scaling_search.client import Client

        with Client(server) as client:
            yield client
    else:
        with Store.open(database) as store:
            yield store


def dataset_filter(name: str | None, server: str | None) -> str | None:
    """A data set's name as it is stored; a service's folders are not this machine's."""
    from scaling_search.cli.inputs import dataset_name

    return name if name is None or server else dataset_name(name)


def check_baseline(records: Records, name: str) -> None:
    """Refuse a baseline that is known neither here nor to the service.

    A class of the user's own goes by its reference; to look that up, no code has to be run.

    Raises:
        InputError: with the nearest name.
    """
    if ":" in name:
        return
    try:
        get_baseline(name)
    except InputError:
        if isinstance(records, Store) or name not in {row.name for row in records.baselines()}:
            raise


def submit(records: Records, spec: SweepSpec) -> int:
    """Put a sweep into the queue; its number.

    Raises:
        InputError: it cannot be planned, is larger than the service takes, or its data set is not
            registered.
    """
    if not isinstance(records, Store):
        return records.submit(spec).id
    from api.problems import ProblemError
    from api.settings import load
    from api.submission.planning import submit_spec

    try:
        return submit_spec(spec, records, load())
    except ProblemError as error:
        raise InputError(error.detail) from None
