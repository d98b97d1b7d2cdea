"""Transfers."""

from __future__ import annotations

from results.values import Transfer, TransferRun, TransferRuns, Transfers
from scaling_search.client.requests import Requests


class TransferRequests(Requests):
    """Reading transfers."""

    def transfer(self, transfer_id: int) -> Transfer:
        """One transfer."""
        return self._connection.get(Transfer, f"/v1/transfers/{transfer_id}")

    def transfers(self, *, limit: int | None = 100) -> list[Transfer]:
        """Transfers, newest first; at most `limit` (None: as many as the service lists)."""
        return self._connection.get(Transfers, "/v1/transfers", {"limit": limit}).transfers

    def transfer_runs(self, transfer_id: int) -> list[TransferRun]:
        """Its runs, in the order in which they ended; without `correct`."""
        return self._connection.get(TransferRuns, f"/v1/transfers/{transfer_id}/runs").runs
