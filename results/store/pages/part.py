"""The store's lists: each method gives one page."""

from collections.abc import Callable, Iterable
from typing import Unpack

from results.states import SweepState, TrialState
from results.store.outcomes import to_coefficients
from results.store.pages.candidates import candidate_summaries, to_summary
from results.store.pages.coefficients import coefficients_listing
from results.store.pages.epochs import epoch_summaries
from results.store.pages.keyset import Listing
from results.store.pages.sweeps import sweep_summaries
from results.store.pages.trials import trial_summaries
from results.store.rows import Part, Record, fetch
from results.store.sweeps import count_trials
from results.values import (
    After,
    CandidateSummary,
    CoefficientsFilters,
    CoefficientsRecord,
    EpochSummary,
    Order,
    SweepSummary,
    TrialSummary,
)

_BY_ID = Order(key="id")
_BY_TRIAL = Order(key="trial")


class PagePart(Part):
    """Pages of what is stored, filtered and in any of several orders.

    Each takes `order`, `after` (the last row of the page before, None for the first page) and
    `limit` (None: all), and raises `InputError` for an order that it does not know. An unknown
    sweep simply has nothing.
    """

    def sweep_page(
        self,
        *,
        states: Iterable[SweepState] | None = None,
        baseline: str | None = None,
        dataset: str | None = None,
        protocol: str | None = None,
        name: str | None = None,
        order: Order = _BY_ID,
        after: After | None = None,
        limit: int | None = 100,
    ) -> list[SweepSummary]:
        """Sweeps that match every filter given; `name` is a part of it, letters of any case."""
        listing = sweep_summaries(
            states=states, baseline=baseline, dataset=dataset, protocol=protocol, name=name
        )
        with self._database.read() as connection:
            rows = connection.execute(listing.page(order, after, limit)).all()
            progress = count_trials(connection, [row.id for row in rows])
        return [SweepSummary(**row._mapping, progress=progress[row.id]) for row in rows]

    def newest_sweeps(
        self,
        *,
        states: Iterable[SweepState] | None = None,
        baseline: str | None = None,
        dataset: str | None = None,
        protocol: str | None = None,
        name: str | None = None,
        limit: int | None = 100,
    ) -> list[SweepSummary]:
        """Sweeps that match every filter given, newest first."""
        return self.sweep_page(
            states=states,
            baseline=baseline,
            dataset=dataset,
            protocol=protocol,
            name=name,
            order=Order(key="id", descending=True),
            limit=limit,
        )

    def trial_page(
        self,
        sweep_id: int,
        *,
        states: Iterable[TrialState] | None = None,
        candidate: int | None = None,
        seed: int | None = None,
        order: Order = _BY_ID,
        after: After | None = None,
        limit: int | None = 100,
    ) -> list[TrialSummary]:
        """Trials of a sweep; `candidate` is an index in its plan."""
        listing = trial_summaries(sweep_id, states=states, candidate=candidate, seed=seed)
        return self._page(TrialSummary, listing, order, after, limit)

    def candidate_page(
        self,
        sweep_id: int,
        *,
        index: int | None = None,
        eligible: bool | None = None,
        min_flops: int | None = None,
        max_flops: int | None = None,
        order: Order = _BY_ID,
        after: After | None = None,
        limit: int | None = 100,
    ) -> list[CandidateSummary]:
        """Candidates of a sweep, in the order of its plan by default."""
        listing = candidate_summaries(
            sweep_id, index=index, eligible=eligible, min_flops=min_flops, max_flops=max_flops
        )
        return self._page(to_summary, listing, order, after, limit)

    def candidate_summaries(self, sweep_id: int) -> list[CandidateSummary]:
        """Every candidate of a sweep, in the order of its plan."""
        return self.candidate_page(sweep_id, limit=None)

    def epoch_page(
        self,
        sweep_id: int,
        *,
        trial_id: int | None = None,
        attempt: int | None = None,
        candidate: int | None = None,
        order: Order = _BY_TRIAL,
        after: After | None = None,
        limit: int | None = 100,
    ) -> list[EpochSummary]:
        """Epochs of a sweep, trial by trial as they came in by default."""
        listing = epoch_summaries(sweep_id, trial_id=trial_id, attempt=attempt, candidate=candidate)
        return self._page(EpochSummary, listing, order, after, limit)

    def coefficients_page(
        self,
        *,
        order: Order = _BY_ID,
        after: After | None = None,
        limit: int | None = 100,
        **filters: Unpack[CoefficientsFilters],
    ) -> list[CoefficientsRecord]:
        """Coefficients that match every filter given."""
        listing = coefficients_listing(**filters)
        return self._page(to_coefficients, listing, order, after, limit)

    def _page(
        self,
        kind: Callable[..., Record],
        listing: Listing,
        order: Order,
        after: After | None,
        limit: int | None,
    ) -> list[Record]:
        statement = listing.page(order, after, limit)
        with self._database.read() as connection:
            return fetch(connection, kind, statement)
