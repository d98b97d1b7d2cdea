"""The store: every read and write of the record goes through `Store`.

One file for each kind of thing stored; `facade.py` joins them and states the contract.
"""

from results.store.facade import Store

__all__ = ["Store"]
