"""A whole sweep as one value: where to look, how to train, on what, how often, how to decide."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from search_spaces.data_spec import DataSpec
from search_spaces.proxy_spec import ProxySpec
from search_spaces.reading import parse, read_yaml
from search_spaces.space import SearchSpace

MAX_SEEDS = 100


class SelectionRule(BaseModel):
    """When evidence counts as a conclusion."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    regret: float = Field(
        0.005, gt=0, lt=1, description="δ: accuracy that a choice may lose against the true best."
    )
    confidence: float = Field(
        0.95, gt=0.5, lt=1, description="Probability that a conclusion needs."
    )


class SweepSpec(BaseModel):
    """Everything that decides a sweep's result; how fast it runs is decided elsewhere."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(
        "sweep", min_length=1, max_length=100, description="For people to tell apart."
    )
    description: str = Field("", description="What it is for.")
    space: SearchSpace = Field(description="Where to look, under which constraint.")
    proxy: ProxySpec = Field(description="Budget and recipe of every trial.")
    data: DataSpec = Field(DataSpec(), description="Images, and how they are split.")
    seeds: tuple[int, ...] = Field(
        (0, 1, 2), description="Seeds of every candidate's trials: a list, or how many (from 0)."
    )
    selection: SelectionRule = Field(SelectionRule(), description="When evidence is a conclusion.")

    @field_validator("seeds", mode="before")
    @classmethod
    def _count(cls, seeds: Any) -> Any:
        if isinstance(seeds, int) and not isinstance(seeds, bool):
            if not 1 <= seeds <= MAX_SEEDS:
                raise ValueError(f"{seeds} seeds asked for: give 1 to {MAX_SEEDS}")
            return tuple(range(seeds))
        return seeds

    @field_validator("seeds")
    @classmethod
    def _distinct(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        if not seeds or len(seeds) > MAX_SEEDS:
            raise ValueError(f"{len(seeds)} seeds given: give 1 to {MAX_SEEDS}")
        if len(set(seeds)) < len(seeds) or min(seeds) < 0 or max(seeds) >= 2**31:
            raise ValueError(f"{list(seeds)}: seeds must be distinct, from 0 to 2³¹ − 1")
        return seeds

    def protocol(self, fingerprint: str) -> str:
        """Identity of everything that must agree before two results may be compared.

        Data (by content), split, baseline, form, base resolution, rounding, constraint, budget and
        recipe; not where the space looks, nor how many seeds. 12 hexadecimal digits.
        """
        space = self.space.model_dump(mode="json", exclude={"axes", "lattice", "references"})
        data = self.data.model_dump(mode="json", exclude={"name", "skip_corrupt"})
        parts = [fingerprint, space, data, self.proxy.model_dump(mode="json")]
        text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def _merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`changes` laid over `base`, mapping by mapping."""
    result = dict(base)
    for key, value in changes.items():
        below = result.get(key)
        both = isinstance(below, dict) and isinstance(value, dict)
        result[key] = _merged(below, value) if both else value  # type: ignore[arg-type]
    return result


def load_sweep(source: str, changes: dict[str, Any] | None = None) -> SweepSpec:
    """A sweep from a preset or a YAML file, with some of its keys changed.

    Args:
        source: a preset's name or a file's path.
        changes: a nested mapping laid over the file's, for example {"proxy": {"images": 5000}}.

    Raises:
        InputError: the file cannot be read or a value breaks a rule; all findings in one message.
    """
    origin, data = read_yaml(source)
    changes = changes or {}
    proxy = changes.get("proxy", {})
    if isinstance(data.get("proxy"), dict):
        for given, other in (("images", "steps"), ("steps", "images")):
            if given in proxy and other not in proxy:
                data["proxy"].pop(other, None)
    return parse(SweepSpec, _merged(data, changes), origin)
