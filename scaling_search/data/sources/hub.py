"""Data sets of the Hugging Face Hub, through the library's own download and cache."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from scaling_search.data.sources.base import Located, Source
from scaling_search.data.sources.columns import choose_columns, quiet_library
from scaling_search.data.sources.links import Links
from scaling_search.data.sources.table import Tables, as_source, pick_train
from search_spaces.errors import InputError, WorkError
from search_spaces.specs.data import DataSpec

_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_COMMIT = re.compile(r"[0-9a-f]{40}")


def locate(spec: DataSpec, name: str) -> Located:
    """A data set of the Hub; the network is used only when it is opened.

    A commit never changes, so data pinned to one by hub_revision are opened only once.

    Raises:
        InputError: for a name that is not owner/name.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{spec.name!r} names no data set of the Hub: write hub:owner/name, for example "
            "hub:uoft-cs/cifar10"
        )

    @contextlib.contextmanager
    def open_() -> Iterator[Source]:
        with quiet_library():
            yield _read(spec, name)

    pinned = _COMMIT.fullmatch(spec.hub_revision or "")
    stamp = f"{name} {spec.hub_config} {spec.hub_revision}" if pinned else None
    return Located(stamp, 0.0, open_)


def _read(spec: DataSpec, name: str) -> Source:
    import datasets
    from huggingface_hub.constants import HF_HUB_CACHE
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, OfflineModeIsEnabled

    try:
        table = datasets.load_dataset(name, spec.hub_config, revision=spec.hub_revision)
    except (datasets.exceptions.DatasetNotFoundError, GatedRepoError) as error:
        if _is_unreachable(error):
            raise _unreachable(spec.name) from error
        raise InputError(
            f"{spec.name} is not on the Hub, or not open to you: check owner, name and "
            "hub_revision; for a gated data set accept its terms and run `hf auth login`"
        ) from error
    except (ConnectionError, TimeoutError, OfflineModeIsEnabled, HfHubHTTPError) as error:
        raise _unreachable(spec.name) from error
    except (ValueError, datasets.exceptions.DatasetsError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise InputError(
            f"{spec.name} cannot be loaded ({reason}): set hub_config to one of its "
            "configurations, or name another data set"
        ) from error
    splits = dict(table)
    train = pick_train(list(splits), spec.name)
    first = splits[train].data.slice(0, 1).to_pylist()
    columns = choose_columns(splits[train].features, spec, first[0] if first else {})
    # Folders of images on the Hub become tables of paths into the library's own cache.
    cache = Links(tuple(Path(root) for root in (HF_HUB_CACHE, datasets.config.HF_DATASETS_CACHE)))
    return as_source(Tables(splits, columns, spec.name, dict.fromkeys(splits, cache)))


def _is_unreachable(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, (ConnectionError, TimeoutError)):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _unreachable(name: str) -> WorkError:
    return WorkError(
        f"{name} cannot be loaded: the Hugging Face Hub cannot be reached and the data set is "
        "not in its local cache; connect, or name a local folder or Parquet file"
    )
