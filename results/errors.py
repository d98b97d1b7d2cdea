"""What can go wrong with the record, beyond the two general kinds of `search_spaces.errors`."""

from search_spaces.errors import InputError, WorkError


class NotFoundError(InputError):
    """The database holds no such sweep, trial, attempt, coefficients or data set."""


class ConflictError(InputError):
    """The request contradicts what is already recorded, such as changing a finished trial."""


class LeaseHeldError(ConflictError):
    """Another live process drives the sweep."""


class LeaseLostError(WorkError):
    """Another process has taken the sweep over; this driver must stop, it can no longer write."""


class DatabaseUnavailableError(WorkError):
    """The database is locked or away just now; the same request may succeed later."""
