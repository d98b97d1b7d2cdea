"""Live events: one poller queries the database for any number of watchers."""

from api.events.hub import Hub

__all__ = ["Hub"]
