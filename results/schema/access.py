"""Who may use the service."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from results.schema.base import Base, Id, owned_by
from results.states import AccessScope


class TokenRow(Base):
    """Who may use the service for what. The secret itself is not stored, only its hash."""

    __tablename__ = "tokens"
    __table_args__ = (UniqueConstraint("name"), UniqueConstraint("hash"))

    id: Mapped[Id]
    name: Mapped[str]
    hash: Mapped[str]
    hint: Mapped[str]
    scope: Mapped[AccessScope]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SessionRow(Base):
    """A browser that signed in with a token; its secret is stored as a hash too."""

    __tablename__ = "sessions"
    __table_args__ = (UniqueConstraint("hash"), Index(None, "token_id"))

    id: Mapped[Id]
    token_id: Mapped[int] = owned_by("tokens.id")
    hash: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
