"""Where images come from: built in, a folder, Parquet files, the Hugging Face Hub.

Every source is found first (cheap: it exists, and a stamp that changes when it changes) and
opened only where the cache does not already hold it.
"""

from scaling_search.data.sources.base import Located, RawImages, Source, newest_of, stamp_of
from scaling_search.data.sources.endings import note_on_left_out
from scaling_search.data.sources.locate import locate

__all__ = ["Located", "RawImages", "Source", "locate", "newest_of", "note_on_left_out", "stamp_of"]
