"""What a checkpoint says of its network, enough to use it without anything else."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_serializer, field_validator

from scaling_search.datasets import PreparedDataset
from search_spaces.layers import Padding
from search_spaces.spec import NetworkSpec


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
    source_px: int = Field(ge=1)
    depth_bits: int | None = Field(
        None, description="Bits in use of images with more than 8 a channel, if there were any."
    )
    mean: tuple[float, ...] = Field(description="Of each channel, pixel values in 0..1.")
    std: tuple[float, ...]
    padding: Padding | None = Field(None, description="Of convolutions, if not the baseline's.")
    norm_eps: float | None = Field(None, description="ε of batch norms, if not the baseline's.")
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
