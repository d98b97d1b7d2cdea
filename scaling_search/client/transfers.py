"""Transfers."""

from __future__ import annotations

from results.documents.common import Document
from results.documents.transfers import TransferItem, TransferRunItem
from results.values import Transfer, TransferRun
from scaling_search.client.part import Part


class _Transfers(Document):
    transfers: list[TransferItem]


class _Runs(Document):
    runs: list[TransferRunItem]


class TransferPart(Part):
    """Reading transfers."""

    def transfer(self, transfer_id: int) -> Transfer:
        """One transfer."""
        return self._connection.get(TransferItem, f"/v1/transfers/{transfer_id}").to_record()

    def transfers(self, *, limit: int | None = 100) -> list[Transfer]:
        """Transfers, newest first; at most `limit` (None: as many as the service tells)."""
        found = self._connection.get(_Transfers, "/v1/transfers", {"limit": limit})
        return [row.to_record() for row in found.transfers]

    def transfer_runs(self, transfer_id: int) -> list[TransferRun]:
        """Its runs, in the order in which they ended; which images were right is not told."""
        found = self._connection.get(_Runs, f"/v1/transfers/{transfer_id}/runs")
        return [row.to_record(transfer_id) for row in found.runs]
