"""Lists for those who browse: filtered, sorted, and read page by page."""

from results.store.pages.coefficients import COEFFICIENTS_ORDERS
from results.store.pages.part import PagePart

__all__ = ["COEFFICIENTS_ORDERS", "PagePart"]
