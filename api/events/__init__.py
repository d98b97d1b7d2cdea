"""Events as they happen: one poller asks the database, any number of watchers listen."""

from api.events.hub import Hub

__all__ = ["Hub"]
