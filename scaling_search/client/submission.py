"""Submitting and changing sweeps."""

from __future__ import annotations

import uuid

from results.states import SweepState
from results.values import SweepDetail
from scaling_search.client.connection import ALSO_POST
from scaling_search.client.requests import Requests
from search_spaces.specs.extension import Extension
from search_spaces.specs.sweep import SweepSpec


class SubmissionRequests(Requests):
    """Submitting, extending, cancelling, resuming and deleting sweeps."""

    def submit(self, spec: SweepSpec, *, key: str | None = None) -> SweepDetail:
        """Put a sweep at the end of the queue.

        Args:
            spec: the sweep; `data.name` is a data set that is registered on the server.
            key: a second submission under it makes no second sweep; by default a new one.
        """
        response = self._connection.request(
            "POST",
            "/v1/sweeps",
            json=spec.model_dump(mode="json"),
            headers={"Idempotency-Key": key or str(uuid.uuid4())},
            retry=ALSO_POST,
        )
        return self._connection.read(SweepDetail, response)

    def extend(self, sweep_id: int, extension: Extension) -> SweepDetail:
        """Add to a sweep that has ended; what waits now, for a longer budget a new sweep."""
        response = self._connection.request(
            "POST",
            f"/v1/sweeps/{sweep_id}/extend",
            json=extension.model_dump(mode="json", exclude_unset=True),
        )
        return self._connection.read(SweepDetail, response)

    def request_cancel(self, sweep_id: int) -> SweepState:
        """Ask for a sweep to be cancelled; its state, `running` until its driver has stopped."""
        return self._change(sweep_id, "cancel")

    def requeue(self, sweep_id: int) -> SweepState:
        """Hand a sweep that stopped back to the runners; its state, `queued`."""
        return self._change(sweep_id, "resume")

    def _change(self, sweep_id: int, how: str) -> SweepState:
        response = self._connection.request("POST", f"/v1/sweeps/{sweep_id}/{how}")
        return self._connection.read(SweepDetail, response).state

    def delete_sweep(self, sweep_id: int) -> None:
        """Delete a sweep that has ended, with everything that it holds."""
        self._connection.request("DELETE", f"/v1/sweeps/{sweep_id}")
