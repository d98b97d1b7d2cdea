"""The values of the record: one frozen class for each thing, wherever it is made or shown.

The store returns them, the service answers them, its client gives them back, `--json` prints them
(`results.values.json`), and `results.frames` makes frames of them: the names of the fields are the
keys of the JSON. `New…` is what a caller hands in; the class without the prefix adds what the store
knows (ids, states, times). Dictionaries are JSON objects: specs and free-form details. All times
are aware and in UTC.
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
from results.values.families import Family, StoredMember
from results.values.leases import Lease, RecordedSweep
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
from results.values.pace import Climb, Work
from results.values.pages import After
from results.values.sweeps import NewSweep, Progress, Sweep, SweepDetail
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
