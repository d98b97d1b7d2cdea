"""What a database says in its own words becomes an error of ours."""

import psycopg
import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from results.errors import DatabaseUnavailableError
from results.failures import explain
from search_spaces.errors import InputError, WorkError

URL = make_url("postgresql+psycopg://ann:s3cret@db/search")


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (
            psycopg.errors.IdleInTransactionSessionTimeout,
            DatabaseUnavailableError,
            "this program stood still within a transaction, which the server ended: try again",
        ),
        (psycopg.errors.LockNotAvailable, DatabaseUnavailableError, "another process holds a lock"),
        (psycopg.errors.AdminShutdown, DatabaseUnavailableError, "the database cannot be reached"),
        (psycopg.errors.DiskFull, WorkError, "the server's disk is full"),
        (psycopg.errors.ReadOnlySqlTransaction, InputError, "the server is read-only"),
        (psycopg.errors.UndefinedTable, WorkError, "the database refused the request"),
    ],
)
def test_what_a_server_refuses_is_explained(error, kind, message):
    wrapped = DBAPIError.instance("SELECT 1", {}, error("as it says"), psycopg.Error)
    found = explain(wrapped, URL)
    assert type(found) is kind
    assert str(found).startswith(f"postgresql+psycopg://ann:***@db/search: {message}")
    assert "as it says" in str(found)
