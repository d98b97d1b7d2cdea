"""The store's lists: each method gives one page."""

from collections.abc import Callable
from typing import Unpack

from results.store.listing import Listing
from results.store.outcomes import to_coefficients
from results.store.pages.coefficients import coefficients_listing
from results.store.rows import Part, Record, fetch
from results.values import After, CoefficientsFilters, CoefficientsRecord


class PagePart(Part):
    """Pages of what is stored, filtered and in any of several orders.

    Each takes `sort`, `after` (the last row of the page before, None for the first page) and
    `limit` (None: all), and raises `InputError` for an order that it does not know.
    """

    def coefficients_page(
        self,
        *,
        sort: str = "id",
        after: After | None = None,
        limit: int | None = 100,
        **filters: Unpack[CoefficientsFilters],
    ) -> list[CoefficientsRecord]:
        """Coefficients that match every filter given."""
        listing = coefficients_listing(**filters)
        return self._page(to_coefficients, listing, sort, after, limit)

    def _page(
        self,
        kind: Callable[..., Record],
        listing: Listing,
        sort: str,
        after: After | None,
        limit: int | None,
    ) -> list[Record]:
        statement = listing.page(sort, after, limit)
        with self._database.read() as connection:
            return fetch(connection, kind, statement)
