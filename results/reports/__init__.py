"""Pages that hold everything they need: figures, tables, Plotly itself; no network, no server."""

from results.reports.page import Panel, Theme, figure_page
from results.reports.report import report_page

__all__ = ["Panel", "Theme", "figure_page", "report_page"]
