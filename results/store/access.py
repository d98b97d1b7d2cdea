"""Tokens and browser sessions: made, checked, ended. Secrets are never stored, only their hashes.

A secret holds 256 random bits, so that a plain SHA-256 of it cannot be reversed by guessing.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, insert, or_, select, update

from results.columns import database_clock
from results.errors import ConflictError, NotFoundError
from results.schema import SessionRow, TokenRow
from results.states import AccessScope
from results.store.fencing import clock
from results.store.rows import Section, columns, fetch, insert_unless_present, to_record
from results.values import NewToken, Token
from search_spaces.errors import InputError, suggest

TOKEN_PREFIX: Final = "sst_"
SESSION_PREFIX: Final = "sss_"
_HINT_LENGTH: Final = len(TOKEN_PREFIX) + 4
_MAX_NAME: Final = 100


class AccessSection(Section):
    """Who may use the service, and for how long."""

    def create_token(
        self, name: str, scope: AccessScope, *, ttl_seconds: float | None = None
    ) -> NewToken:
        """Make a token; its secret is in the answer and nowhere else.

        Args:
            name: for people to tell it apart.
            scope: what it allows.
            ttl_seconds: when it expires (database clock), or None for never.

        Raises:
            InputError: if the name is empty or too long, or `ttl_seconds` is not greater than 0.
            ConflictError: if a token had this name before.
        """
        if not 1 <= len(name) <= _MAX_NAME or not name.isprintable():
            raise InputError(
                f"name is {name!r}: a token's name has 1 to {_MAX_NAME} printable characters; "
                "use for example laptop"
            )
        _check_ttl(ttl_seconds)
        secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
        with self._database.write() as connection:
            now = clock(connection)
            row = connection.execute(
                insert_unless_present(connection, TokenRow)
                .values(
                    name=name,
                    hash=_hash(secret),
                    hint=secret[:_HINT_LENGTH],
                    scope=scope,
                    created_at=now,
                    expires_at=ttl_seconds and now + timedelta(seconds=ttl_seconds),
                )
                .returning(*columns(TokenRow, Token))
            ).one_or_none()
            if row is None:
                raise ConflictError(
                    f"a token named {name!r} exists or existed: names stay taken, so that a log "
                    "can be read later; use another"
                )
            return NewToken(token=to_record(Token, row), secret=secret)

    def tokens(self) -> list[Token]:
        """Every token, revoked and expired ones too, oldest first."""
        statement = select(*columns(TokenRow, Token)).order_by(TokenRow.id)
        with self._database.read() as connection:
            return fetch(connection, Token, statement)

    def has_valid_token(self) -> bool:
        """Whether anybody could use the service at all."""
        with self._database.read() as connection:
            return connection.scalar(select(TokenRow.id).where(_valid()).limit(1)) is not None

    def revoke_token(self, name: str) -> Token:
        """End a token and the sessions that it opened; revoking it again changes nothing.

        Raises:
            NotFoundError: if there is no token of this name; suggests a near one.
        """
        with self._database.write() as connection:
            connection.execute(
                update(TokenRow)
                .where(TokenRow.name == name, TokenRow.revoked_at.is_(None))
                .values(revoked_at=database_clock())
            )
            row = connection.execute(
                select(*columns(TokenRow, Token)).where(TokenRow.name == name)
            ).one_or_none()
            if row is None:
                names = connection.scalars(select(TokenRow.name)).all()
                raise NotFoundError(f"token {name!r} does not exist: {suggest(name, names)}")
            connection.execute(delete(SessionRow).where(SessionRow.token_id == row.id))
            return to_record(Token, row)

    def authenticate(self, secret: str) -> Token | None:
        """The valid token whose secret, or whose session's secret, this is; None if none is."""
        statement = select(*columns(TokenRow, Token)).where(_valid())
        if secret.startswith(SESSION_PREFIX):
            statement = statement.join(SessionRow, SessionRow.token_id == TokenRow.id).where(
                SessionRow.hash == _hash(secret), SessionRow.expires_at > database_clock()
            )
        else:
            statement = statement.where(TokenRow.hash == _hash(secret))
        with self._database.read() as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else to_record(Token, row)

    def open_session(self, token: Token, *, ttl_seconds: float) -> str:
        """Sign a browser in; it ends with the token at the latest. Returns the session's secret.

        Raises:
            InputError: if `ttl_seconds` is not greater than 0.
        """
        _check_ttl(ttl_seconds)
        secret = SESSION_PREFIX + secrets.token_urlsafe(32)
        with self._database.write() as connection:
            now = clock(connection)
            connection.execute(delete(SessionRow).where(SessionRow.expires_at <= now))
            connection.execute(
                insert(SessionRow).values(
                    token_id=token.id,
                    hash=_hash(secret),
                    created_at=now,
                    expires_at=now + timedelta(seconds=ttl_seconds),
                )
            )
        return secret

    def close_session(self, secret: str) -> None:
        """Sign a browser out; an unknown session changes nothing."""
        with self._database.write() as connection:
            connection.execute(delete(SessionRow).where(SessionRow.hash == _hash(secret)))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _valid() -> ColumnElement[bool]:
    unexpired = or_(TokenRow.expires_at.is_(None), TokenRow.expires_at > database_clock())
    return TokenRow.revoked_at.is_(None) & unexpired


def _check_ttl(ttl_seconds: float | None) -> None:
    if ttl_seconds is not None and not ttl_seconds > 0:
        raise InputError(
            f"ttl_seconds is {ttl_seconds:g}: it must be longer than 0 seconds; use for example "
            "86400 for a day"
        )
