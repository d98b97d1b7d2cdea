"""Images for proxy trainings: decoded once into a uint8 cache that every worker maps.

Preparing (`prepare`, in the driver), in the order of its steps:

- `sources`: finds the images of a data set, and names them;
- `source_cache`: what is kept of a source that was opened before;
- `ingest`: opens a source, by the next four;
- `scan`: content hashes and sizes of all images;
- `geometry`, `bit_depth`: the size, channels and range that they are decoded to;
- `decode` (and `deep_images`): one image to an array; `arrays`: a folder of them in the cache;
- `copies` (and `compared`): copies between splits, and contradicting labels;
- `split_rows` (and `splits`, `statistics`): training and validation images.

Reading (`dataset`, in every worker): memory-mapped arrays, nothing is decoded.

Importing this package loads the reading side only; `prepare` is imported from
`scaling_search.data.prepare`.
"""

from scaling_search.data.dataset import PreparedDataset, Split, SplitArrays
from scaling_search.data.registry import BuiltIn, built_ins

__all__ = ["BuiltIn", "PreparedDataset", "Split", "SplitArrays", "built_ins"]
