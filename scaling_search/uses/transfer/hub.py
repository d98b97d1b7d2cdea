"""Weights of the Hugging Face Hub: one safetensors file, through the library's own cache."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from search_spaces.errors import InputError, WorkError

PREFIX: Final = "hub:"
FILE: Final = "model.safetensors"
"""What timm and transformers call it; other files may be pickles and are not asked for."""

_NAME: Final = re.compile(r"([\w.-]+/[\w.-]+)(?:@([\w./-]+))?")


def fetch(source: str) -> Path:
    """The local file of `hub:owner/name` or `hub:owner/name@revision`.

    Raises:
        InputError: the name has another form, or there is no such model, revision or file.
        WorkError: the Hub cannot be reached and the file is not in the local cache.
    """
    named = _NAME.fullmatch(source.removeprefix(PREFIX))
    if named is None:
        raise InputError(
            f"{source!r} names no model of the Hub: write hub:owner/name or "
            "hub:owner/name@revision, for example hub:timm/efficientnet_b0.ra_in1k"
        )
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import (
        EntryNotFoundError,
        HfHubHTTPError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    try:
        return Path(hf_hub_download(named[1], FILE, revision=named[2]))
    except LocalEntryNotFoundError as error:
        raise WorkError(
            f"{source} cannot be loaded: the Hugging Face Hub cannot be reached and the file is "
            "not in its local cache; connect, or name a local file"
        ) from error
    except (RepositoryNotFoundError, RevisionNotFoundError) as error:
        raise InputError(
            f"{source} is not on the Hub, or not open to you: check owner, name and revision; for "
            "a gated model accept its terms and run `hf auth login`"
        ) from error
    except EntryNotFoundError as error:
        raise InputError(
            f"{source} has no {FILE}: other files may hold code and are not read; name a model "
            "that has one, or save the weights as safetensors yourself"
        ) from error
    except (HfHubHTTPError, OSError) as error:
        raise WorkError(
            f"{source} cannot be loaded ({error}): try again, or name a local file"
        ) from error
