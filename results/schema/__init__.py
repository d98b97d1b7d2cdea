"""The tables. Every column of a record in `results.values` has the same name and meaning there.

Rows of a sweep refer to it with ON DELETE CASCADE: deleting the sweep deletes all that it holds.
A table is known to the migrations once its module is imported here.
"""

from results.schema.access import SessionRow, TokenRow
from results.schema.base import Base
from results.schema.conclusions import CoefficientsRow, FamilyMemberRow, IdentificationRow
from results.schema.datasets import DatasetRow
from results.schema.networks import EdgeRow, MeasurementRow
from results.schema.sweeps import CandidateRow, DriverLogRow, EventRow, SweepRow
from results.schema.transfers import TransferRow, TransferRunRow
from results.schema.trials import AttemptRow, EpochRow, TrialRow
from results.schema.validations import ValidationRow, ValidationSweepRow
from results.schema.weights import CheckpointRow, GalleryRow

__all__ = [
    "AttemptRow",
    "Base",
    "CandidateRow",
    "CheckpointRow",
    "CoefficientsRow",
    "DatasetRow",
    "DriverLogRow",
    "EdgeRow",
    "EpochRow",
    "EventRow",
    "FamilyMemberRow",
    "GalleryRow",
    "IdentificationRow",
    "MeasurementRow",
    "SessionRow",
    "SweepRow",
    "TokenRow",
    "TransferRow",
    "TransferRunRow",
    "TrialRow",
    "ValidationRow",
    "ValidationSweepRow",
]
