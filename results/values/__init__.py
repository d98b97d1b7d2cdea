"""The values that go into the record and come out of it: frozen, one class for each kind of row.

`New…` is what a caller hands in; the class without the prefix adds what the store knows (ids,
states, times). Fields bear the names of the columns in `results.schema`. Dictionaries are JSON
objects: specs and free-form details. All times are aware and in UTC.
"""

from results.values.access import DriverLog, DriverLogLine, NewToken, Token
from results.values.catalog import (
    Baselines,
    BaselineSummary,
    Dataset,
    Datasets,
    DatasetSummary,
    Measurement,
    MeasurementKey,
    NewDataset,
)
from results.values.checkpoints import (
    CheckpointRecord,
    Checkpoints,
    Gallery,
    NewCheckpoint,
    NewGallery,
)
from results.values.coefficients import (
    BestCoefficients,
    CoefficientsFilters,
    CoefficientsRecord,
    NewCoefficients,
    Searched,
)
from results.values.edge import EdgeMeasurement, EdgeMeasurements, NewEdgeMeasurement
from results.values.families import Family, NewStoredMember, StoredMember
from results.values.methods import MethodComparison, MethodPoint
from results.values.outcome import (
    CandidateStanding,
    Comparison,
    Confirmation,
    Gain,
    LeadingCoefficients,
    NarrowedCoefficients,
    Outcome,
    Settling,
)
from results.values.pages import (
    After,
    CandidateSummary,
    EpochSummary,
    Order,
    SweepSummary,
    TrialSummary,
)
from results.values.standing import Climb, Leader, Standing, Work
from results.values.sweeps import Candidate, Event, Lease, NewCandidate, NewSweep, Progress, Sweep
from results.values.transfers import (
    NewTransfer,
    NewTransferRun,
    Transfer,
    TransferRun,
    TransferRuns,
    Transfers,
)
from results.values.trials import Attempt, Epoch, NewEpoch, StoppedTrial, Trial, TrialResult
from results.values.triangle import TriangleSurface, lattice
from results.values.validations import (
    Identification,
    NewValidation,
    Validation,
    Validations,
    ValidationSweep,
)

__all__ = [
    "After",
    "Attempt",
    "BaselineSummary",
    "Baselines",
    "BestCoefficients",
    "Candidate",
    "CandidateStanding",
    "CandidateSummary",
    "CheckpointRecord",
    "Checkpoints",
    "Climb",
    "CoefficientsFilters",
    "CoefficientsRecord",
    "Comparison",
    "Confirmation",
    "Dataset",
    "DatasetSummary",
    "Datasets",
    "DriverLog",
    "DriverLogLine",
    "EdgeMeasurement",
    "EdgeMeasurements",
    "Epoch",
    "EpochSummary",
    "Event",
    "Family",
    "Gain",
    "Gallery",
    "Identification",
    "Leader",
    "LeadingCoefficients",
    "Lease",
    "Measurement",
    "MeasurementKey",
    "MethodComparison",
    "MethodPoint",
    "NarrowedCoefficients",
    "NewCandidate",
    "NewCheckpoint",
    "NewCoefficients",
    "NewDataset",
    "NewEdgeMeasurement",
    "NewEpoch",
    "NewGallery",
    "NewStoredMember",
    "NewSweep",
    "NewToken",
    "NewTransfer",
    "NewTransferRun",
    "NewValidation",
    "Order",
    "Outcome",
    "Progress",
    "Searched",
    "Settling",
    "Standing",
    "StoppedTrial",
    "StoredMember",
    "Sweep",
    "SweepSummary",
    "Token",
    "Transfer",
    "TransferRun",
    "TransferRuns",
    "Transfers",
    "Trial",
    "TrialResult",
    "TrialSummary",
    "TriangleSurface",
    "Validation",
    "ValidationSweep",
    "Validations",
    "Work",
    "lattice",
]
