"""Contract: tokens and sessions are known by hash alone, expire, and can be ended."""

import time

import pytest
from sqlalchemy import text

from results import ConflictError, NotFoundError
from results.states import AccessScope
from search_spaces.errors import InputError


def test_a_token_is_known_by_its_secret(store):
    made = store.create_token("laptop", AccessScope.SUBMIT, ttl_seconds=3600)
    assert made.secret.startswith(made.token.hint)
    assert made.secret not in repr(made)
    assert store.authenticate(made.secret) == made.token
    assert store.tokens() == [made.token]
    assert (made.token.expires_at - made.token.created_at).total_seconds() == 3600
    assert store.authenticate(made.secret + "x") is None
    assert store.authenticate("") is None
    assert store.authenticate("\udc80") is None


def test_no_secret_is_stored(store):
    made = store.create_token("laptop", AccessScope.READ)
    session = store.open_session(made.token, ttl_seconds=60)
    with store._database.read() as connection:
        stored = [
            str(row)
            for table in ("tokens", "sessions")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        ]
    assert len(stored) == 2
    for secret in (made.secret, session):
        assert not any(secret in row or secret[9:] in row for row in stored)


def test_a_token_expires(store):
    lasting = store.create_token("desk", AccessScope.READ, ttl_seconds=3600)
    assert store.authenticate(lasting.secret) == lasting.token
    assert store.has_valid_token()
    store.revoke_token("desk")
    made = store.create_token("laptop", AccessScope.READ, ttl_seconds=0.001)
    time.sleep(0.05)
    assert store.authenticate(made.secret) is None
    assert not store.has_valid_token()


def test_a_revoked_token_ends_with_its_sessions(store):
    made = store.create_token("laptop", AccessScope.READ)
    other = store.create_token("desk", AccessScope.ADMIN)
    session = store.open_session(made.token, ttl_seconds=60)
    assert store.authenticate(session) == made.token
    revoked = store.revoke_token("laptop")
    assert revoked.revoked_at is not None
    assert store.revoke_token("laptop") == revoked
    assert store.authenticate(made.secret) is None
    assert store.authenticate(session) is None
    assert store.authenticate(other.secret) == other.token


def test_sessions_end(store):
    made = store.create_token("laptop", AccessScope.READ)
    closed = store.open_session(made.token, ttl_seconds=60)
    brief = store.open_session(made.token, ttl_seconds=0.001)
    store.close_session(closed)
    store.close_session("unknown")
    time.sleep(0.05)
    assert store.authenticate(closed) is None
    assert store.authenticate(brief) is None
    assert store.authenticate(made.secret) == made.token


def test_names_stay_taken(store):
    store.create_token("laptop", AccessScope.READ)
    store.revoke_token("laptop")
    with pytest.raises(ConflictError) as caught:
        store.create_token("laptop", AccessScope.READ)
    assert str(caught.value) == (
        "a token named 'laptop' exists or existed: names stay taken, so that a log can be read "
        "later; use another"
    )
    with pytest.raises(NotFoundError) as caught:
        store.revoke_token("labtop")
    assert str(caught.value) == "token 'labtop' does not exist: did you mean laptop?"


@pytest.mark.parametrize("name", ["", "x" * 101, "a\nb"])
def test_a_token_has_a_name(store, name):
    with pytest.raises(InputError) as caught:
        store.create_token(name, AccessScope.READ)
    assert str(caught.value) == (
        f"name is {name!r}: a token's name has 1 to 100 printable characters; use for example "
        "laptop"
    )


def test_a_token_lasts(store):
    with pytest.raises(InputError, match="ttl_seconds is 0: it must be longer than 0 seconds"):
        store.create_token("laptop", AccessScope.READ, ttl_seconds=0)


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [("read", {"read"}), ("submit", {"read", "submit"}), ("admin", {"read", "submit", "admin"})],
)
def test_a_scope_includes_those_before_it(scope, allowed):
    assert {other for other in AccessScope if AccessScope(scope).includes(other)} == allowed
