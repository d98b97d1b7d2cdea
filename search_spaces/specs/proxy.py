"""The short training that stands in for a full one, the same for every candidate of a sweep."""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from search_spaces.errors import InputError
from search_spaces.models import Fraction, Positive, StrictModel


def _rising(rates: tuple[float, ...]) -> tuple[float, ...]:
    if not all(rate > 0 and math.isfinite(rate) for rate in rates):
        shown = ", ".join(f"{rate:g}" for rate in rates)
        raise ValueError(f"learning rates are {shown}: each must be above 0")
    return tuple(sorted(set(rates)))


LearningRates = Annotated[tuple[float, ...], AfterValidator(_rising)]
"""Peak learning rates, made distinct and rising."""


class Augmentation(StrictModel):
    """Random changes to training images, made in source pixels before the only resize.

    They depend on the trial's seed alone, so every candidate sees the same ones at any resolution.
    Nothing here changes the apparent size of an object: training and evaluation use the same crop
    (arXiv 1906.06423 shows the effect of different ones).
    """

    crop_padding: Annotated[float, Field(ge=0, le=0.5, allow_inf_nan=False)] = Field(
        0.0,
        description="Largest shift in both directions, as a fraction of the image's side (rounded "
        "to whole source pixels); borders are mirrored. 0.125 is 4 px of 32.",
    )
    horizontal_flip: bool = Field(
        False,
        description="Mirror half of the images left to right; wrong for digits and letters.",
    )


class ProxySpec(StrictModel):
    """Budget, recipe and evaluation of one trial. All of it is part of a sweep's protocol.

    The budget is either `images` or `steps`. Images that do not fill the last batch are not
    trained, so a budget in images is never exceeded.
    """

    images: int | None = Field(
        None, ge=1, description="Budget in training images, repeats included."
    )
    steps: int | None = Field(None, ge=1, description="Budget in optimizer steps.")
    batch_size: int = Field(64, ge=2, le=65536, description="Training images per optimizer step.")
    reports: int = Field(
        5,
        ge=1,
        le=1000,
        description="Evaluations on the validation split, evenly spaced, the last one at the end. "
        "These are the epochs of a trial.",
    )
    optimizer: Literal["sgd", "adamw", "rmsprop"] = Field(
        "sgd", description="sgd has Nesterov momentum; rmsprop is the paper's."
    )
    learning_rate: Positive = Field(0.05, description="Peak learning rate at this batch size.")
    schedule: Literal["linear", "cosine"] = Field(
        "linear", description="Linear warm-up, then decay to 0: linear or along a cosine."
    )
    warmup: Fraction = Field(0.2, description="Fraction of the steps used for warm-up.")
    momentum: Fraction = Field(0.9, description="Momentum of sgd and rmsprop, first beta of adamw.")
    weight_decay: Annotated[float, Field(ge=0, allow_inf_nan=False)] = Field(
        5e-4,
        description="Decay of convolution and linear weights, not of norms and biases: added to "
        "the gradient by sgd and rmsprop, decoupled by adamw.",
    )
    label_smoothing: Fraction = Field(
        0.0, description="Probability spread evenly over the classes in the training loss."
    )
    gradient_clip: Positive | None = Field(
        None, description="Largest norm of the whole gradient. Absent: no clipping."
    )
    zero_init_residual: bool = Field(
        False,
        description="Start residual blocks as the identity (the scale of their last norm is 0), "
        "so that deep networks start as fast as shallow ones (arXiv 1706.02677, section 5.1).",
    )
    dropout: Fraction = Field(
        0.0,
        description="Dropout rate before the classifier. The default of 0 does not put large "
        "networks at a disadvantage in short runs.",
    )
    stochastic_depth: Fraction = Field(
        0.0,
        description="Drop rate of the last residual block, rising linearly from 0 at the first.",
    )
    augmentation: Augmentation = Field(
        Augmentation(), description="Random changes to training images."
    )
    dtype: Literal["float32", "bfloat16"] = Field(
        "float32",
        description="bfloat16 runs forward and backward under autocast; weights stay float32.",
    )
    norm_images: int = Field(
        1024,
        ge=0,
        description="Training images, not augmented, from which batch-norm statistics are "
        "recomputed before each evaluation. 0 keeps the running averages of training.",
    )

    @property
    def gentler(self) -> str:
        """Advice for trainings that diverge: a tenth of the rate, at most the default one."""
        default: float = type(self).model_fields["learning_rate"].default
        lower = float(f"{min(self.learning_rate / 10, default):.1g}")
        return (
            f"a learning rate of {self.learning_rate:g} is too high for this recipe; run anew with "
            f"a lower one, for example `--set proxy.learning_rate={lower:g}`"
        )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.images is None) == (self.steps is None):
            raise InputError(
                f"proxy has images {self.images} and steps {self.steps}: the budget is exactly one "
                "of them; set for example `images: 25000` and leave steps out"
            )
        if self.images is not None and self.images < self.batch_size:
            raise InputError(
                f"proxy.images is {self.images}: it must fill at least one batch of "
                f"{self.batch_size}; raise images or lower batch_size"
            )
        if self.reports > self.total_steps:
            raise InputError(
                f"proxy.reports is {self.reports}: the budget has only {self.total_steps} steps to "
                "report after; lower reports or raise the budget"
            )
        if self.norm_images == 1:
            raise InputError(
                "proxy.norm_images is 1: one image has no variance; use at least 2 (a few hundred "
                "are steady), or 0 to keep the running averages"
            )
        return self

    @property
    def total_steps(self) -> int:
        """Optimizer steps of a trial."""
        if self.steps is not None:
            return self.steps
        assert self.images is not None
        return self.images // self.batch_size

    @property
    def total_images(self) -> int:
        """Training images of a trial, repeats included; at most `images`."""
        return self.total_steps * self.batch_size

    @property
    def report_steps(self) -> tuple[int, ...]:
        """The steps after which a trial is evaluated; strictly rising, the last one is the end."""
        total = self.total_steps
        return tuple(total * (k + 1) // self.reports for k in range(self.reports))
