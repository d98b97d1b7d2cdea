"""Validations of proxies: what was asked, and what came of it."""

from __future__ import annotations

from typing import Any, Final, Self

from pydantic import ConfigDict, Field

from results.documents.common import Document, Moment
from results.values import Validation

VALIDATION: Final[dict[str, Any]] = {
    "id": 1,
    "name": "small-images",
    "baseline": "efficientnet_b0",
    "dataset": "photos",
    "dataset_fingerprint": "3f6c0e",
    "target_ratio": 2.0,
    "created_at": "2026-11-22T10:00:00Z",
    "finished_at": "2026-11-22T16:20:00Z",
    "complete": True,
    "recommended": {
        "images": 25600,
        "learning_rate": "shared",
        "seconds_per_trial": 76.0,
        "regret": {
            "observed": 0.0,
            "expected": 0.001,
            "high": 0.004,
            "beyond": 0.02,
            "beaten": 0.1,
        },
    },
    "why": ["25,600 images a trial under the shared learning rate are enough: …"],
    "report": {"complete": True},
    "spec": {"budgets": [6400, 25600, 256000]},
}


class ValidationItem(Document):
    """A validation of a proxy; its trials are those of the sweeps that `report` names."""

    model_config = ConfigDict(json_schema_extra={"example": VALIDATION})

    id: int
    name: str
    baseline: str
    dataset: str
    dataset_fingerprint: str = Field(description="Hash of the images' content.")
    target_ratio: float = Field(
        description="What candidates cost, × the baseline's; of what, `spec` says."
    )
    created_at: Moment
    finished_at: Moment | None = Field(description="When everything was trained; null before.")
    complete: bool = Field(description="Whether the report is of everything that was asked.")
    recommended: dict[str, Any] | None = Field(
        description="The cheapest budget that is good enough: `images` of a trial, and whether "
        "under the `shared` `learning_rate` or `each candidate's own`; null if none is shown to be."
    )
    why: list[str] = Field(description="The grounds, in sentences.")
    report: dict[str, Any] | None = Field(
        description="All its figures, by budget and learning rate; null before there are any."
    )
    spec: dict[str, Any] = Field(description="The whole specification, enough to repeat it.")

    @classmethod
    def from_record(cls, row: Validation) -> Self:
        """From what is stored."""
        report = row.report or {}
        return cls.of(
            row,
            complete=bool(report.get("complete", False)),
            recommended=report.get("recommended"),
            why=list(report.get("why", [])),
        )

    def to_record(self) -> Validation:
        """The record."""
        return self.fill(Validation)
