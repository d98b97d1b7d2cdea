"""The values that go into the record and come out of it: frozen, one class for each kind of row.

`New…` is what a caller hands in; the class without the prefix adds what the store knows (ids,
states, times). Fields bear the names of the columns in `results.schema`. Dictionaries are JSON
objects: specs and free-form details. All times are aware and in UTC.
"""

from results.values.access import DriverLog, DriverLogLine, NewToken, Token
from results.values.candidates import Candidate, Network, NewCandidate
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
from results.values.common import RelativeLatency
from results.values.edge import EdgeMeasurement, EdgeMeasurements, NewEdgeMeasurement
from results.values.events import Event
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
from results.values.pages import After
from results.values.sweeps import (
    Climb,
    Lease,
    NewSweep,
    Progress,
    RecordedSweep,
    Sweep,
    SweepDetail,
    Work,
)
from results.values.transfers import (
    NewTransfer,
    NewTransferRun,
    Transfer,
    TransferRun,
    TransferRuns,
    Transfers,
)
from results.values.trials import (
    Attempt,
    Epoch,
    EpochReport,
    StoppedTrial,
    Trial,
    TrialResult,
)
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
    "EpochReport",
    "Event",
    "Family",
    "Gain",
    "Gallery",
    "Identification",
    "LeadingCoefficients",
    "Lease",
    "Measurement",
    "MeasurementKey",
    "MethodComparison",
    "MethodPoint",
    "NarrowedCoefficients",
    "Network",
    "NewCandidate",
    "NewCheckpoint",
    "NewCoefficients",
    "NewDataset",
    "NewEdgeMeasurement",
    "NewGallery",
    "NewStoredMember",
    "NewSweep",
    "NewToken",
    "NewTransfer",
    "NewTransferRun",
    "NewValidation",
    "Outcome",
    "Progress",
    "RecordedSweep",
    "RelativeLatency",
    "Searched",
    "Settling",
    "StoppedTrial",
    "StoredMember",
    "Sweep",
    "SweepDetail",
    "Token",
    "Transfer",
    "TransferRun",
    "TransferRuns",
    "Transfers",
    "Trial",
    "TrialResult",
    "TriangleSurface",
    "Validation",
    "ValidationSweep",
    "Validations",
    "Work",
    "lattice",
]
