"""Images for proxy trainings: decoded once into a uint8 cache that every worker maps.

Two sides that know little of each other:

- preparing (`prepare`, in the driver): finds the images (`sources/`), decodes them
  (`decode`), writes them atomically (`cache`) and splits them (`splits`);
- reading (`PreparedDataset`, in every worker): numpy alone, nothing is decoded.

Importing this package loads the reading side only; `prepare` is imported from
`scaling_search.data.prepare`.
"""

from scaling_search.data.dataset import PreparedDataset, Split, SplitArrays
from scaling_search.data.registry import BuiltIn, built_ins

__all__ = ["BuiltIn", "PreparedDataset", "Split", "SplitArrays", "built_ins"]
