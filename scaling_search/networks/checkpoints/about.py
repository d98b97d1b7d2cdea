"""What a checkpoint says of its network, enough to use it without anything else."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_serializer, field_validator

from scaling_search.data import PreparedDataset
from search_spaces.names import printable
from search_spaces.networks.layers import Padding
from search_spaces.networks.spec import NetworkSpec

Share = Annotated[float, Field(ge=0, le=1)]
Spread = Annotated[float, Field(gt=0, allow_inf_nan=False)]

_MOST_PX: Final = 16384
"""Networks of larger images cannot be used: one image of this side has gigabytes in float32."""


class About(BaseModel):
    """A network, how it wants its images, and what it was trained on.

    An image's largest centred square is resized to `source_px`, then to the network's resolution;
    its pixels, in 0..1, are shifted by `mean` and divided by `std`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    network: NetworkSpec = Field(description="The realised architecture.")
    class_names: tuple[str, ...] = Field(description="In the order of the logits.")
    channels: Literal[1, 3]
    source_px: int = Field(ge=1, le=4096)
    depth_bits: int | None = Field(
        None,
        ge=1,
        le=31,
        description="Bits in use of images with more than 8 per channel, if there were any.",
    )
    mean: tuple[Share, ...] = Field(description="Of each channel, pixel values in 0..1.")
    std: tuple[Spread, ...]
    padding: Padding | None = Field(None, description="Of convolutions, if not the baseline's.")
    norm_eps: float | None = Field(
        None, ge=0, le=1, description="ε of batch norms, if not the baseline's."
    )
    dataset: str | None = Field(None, description="What it was trained on.")
    fingerprint: str | None = Field(None, description="Of the content of those images.")
    split_key: str | None = Field(None, description="Of the images trained and validated on.")
    test_fingerprint: str | None = Field(None, description="Of the images kept for testing.")
    protocol: str | None = Field(None, description="Of the sweep that trained it.")
    seed: int | None = None
    accuracy: float | None = Field(None, description="Top-1 on the validation split, 0 to 1.")

    @field_validator("network", mode="before")
    @classmethod
    def _read_network(cls, value: Any) -> Any:
        return NetworkSpec.from_dict(value) if isinstance(value, dict) else value

    @field_validator("network")
    @classmethod
    def _usable(cls, network: NetworkSpec) -> NetworkSpec:
        if not 1 <= network.resolution_px <= _MOST_PX:
            raise ValueError(
                f"resolution_px is {network.resolution_px}: it must be 1 to {_MOST_PX:,}"
            )
        return network

    @field_validator("class_names")
    @classmethod
    def _on_one_line(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:  # they are printed, and a file may steer nobody's terminal
            if printable(name) != name:
                raise ValueError(f"class {printable(name)} has a control character in its name")
        return names

    @field_serializer("network")
    def _write_network(self, network: NetworkSpec) -> dict[str, Any]:
        return network.to_dict()

    @classmethod
    def of(
        cls,
        network: NetworkSpec,
        data: PreparedDataset,
        *,
        protocol: str | None = None,
        seed: int | None = None,
        accuracy: float | None = None,
        padding: Padding | None = None,
        norm_eps: float | None = None,
    ) -> Self:
        """Of a network that was trained on a data set's training split."""
        return cls(
            network=network,
            class_names=data.class_names,
            channels=1 if data.channels == 1 else 3,
            source_px=data.source_px,
            depth_bits=data.depth_bits,
            mean=data.mean,
            std=data.std,
            padding=padding,
            norm_eps=norm_eps,
            dataset=data.name,
            fingerprint=data.fingerprint,
            split_key=data.split_key,
            test_fingerprint=data.test_fingerprint,
            protocol=protocol,
            seed=seed,
            accuracy=accuracy,
        )
