"""A service over HTTP, for notebooks and the command line: records and frames as from a database.

Imports neither torch nor Ray.
"""

from scaling_search.client.client import Client

__all__ = ["Client"]
