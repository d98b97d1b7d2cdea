"""The short training that stands in for a full one, the same for every candidate of a sweep."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from search_spaces.errors import InputError


class Augmentation(BaseModel):
    """Random changes to training images, made in source pixels before the one resize.

    They are drawn from the trial's seed alone, so every candidate sees the same ones, whatever its
    resolution. Nothing here changes the apparent size of an object: training and evaluation use
    the same crop (arXiv 1906.06423 shows what happens otherwise).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    crop_padding: float = Field(
        0.0,
        ge=0,
        le=0.5,
        allow_inf_nan=False,
        description="Each image is shifted by up to this fraction of its own side in both "
        "directions (rounded to whole source pixels), its borders mirrored; 0.125 is 4 px of 32.",
    )
    horizontal_flip: bool = Field(
        False,
        description="Mirror half of the images left to right; wrong for digits and letters.",
    )


class ProxySpec(BaseModel):
    """Budget, recipe and evaluation of one trial. All of it is part of a sweep's protocol.

    The budget is `images` or `steps`, exactly one of them. With `images`, the last images that do
    not fill a batch are not trained, so the budget is never exceeded.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    images: int | None = Field(
        None, ge=1, description="Budget: training images seen, repeats counted."
    )
    steps: int | None = Field(None, ge=1, description="Budget: optimizer steps.")
    batch_size: int = Field(64, ge=2, le=65536, description="Training images per optimizer step.")
    reports: int = Field(
        5,
        ge=1,
        le=1000,
        description="Evaluations on the validation split, evenly spaced, the last one at the end; "
        "these are the epochs of a trial.",
    )
    optimizer: Literal["sgd", "adamw", "rmsprop"] = Field(
        "sgd", description="sgd has Nesterov momentum; rmsprop is the paper's."
    )
    learning_rate: float = Field(
        0.05,
        gt=0,
        allow_inf_nan=False,
        description="Peak learning rate, at this batch size.",
    )
    schedule: Literal["linear", "cosine"] = Field(
        "linear", description="One cycle: up linearly, then down to 0 along a line or a cosine."
    )
    warmup: float = Field(
        0.2, ge=0, lt=1, allow_inf_nan=False, description="Fraction of the steps spent going up."
    )
    momentum: float = Field(
        0.9,
        ge=0,
        lt=1,
        allow_inf_nan=False,
        description="Momentum of sgd and rmsprop, first beta of adamw.",
    )
    weight_decay: float = Field(
        5e-4,
        ge=0,
        allow_inf_nan=False,
        description="Decay of convolution and linear weights; norms and biases have none. As each "
        "optimizer defines it: added to the gradient by sgd and rmsprop, decoupled by adamw.",
    )
    label_smoothing: float = Field(
        0.0,
        ge=0,
        lt=1,
        allow_inf_nan=False,
        description="Probability spread evenly over the classes; training loss only.",
    )
    gradient_clip: float | None = Field(
        None,
        gt=0,
        allow_inf_nan=False,
        description="Largest norm of the whole gradient; absent: not clipped.",
    )
    zero_init_residual: bool = Field(
        False,
        description="Start residual blocks as the identity (their last norm scales by 0), so that "
        "deep networks start as fast as shallow ones (arXiv 1706.02677, section 5.1).",
    )
    dropout: float = Field(
        0.0,
        ge=0,
        lt=1,
        allow_inf_nan=False,
        description="Rate before the classifier; 0, so that short runs do not punish large ones.",
    )
    stochastic_depth: float = Field(
        0.0,
        ge=0,
        lt=1,
        allow_inf_nan=False,
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
        description="Training images, not augmented, through which batch-norm statistics are "
        "averaged anew before each evaluation; 0 keeps the running averages of training.",
    )

    @property
    def gentler(self) -> str:
        """What to try where trainings diverge: a tenth of the rate, at most the default one."""
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
        """Images a trial trains on, repeats counted; at most `images`."""
        return self.total_steps * self.batch_size

    @property
    def report_steps(self) -> tuple[int, ...]:
        """The steps after which a trial is evaluated; strictly rising, the last is the end."""
        total = self.total_steps
        return tuple(total * (k + 1) // self.reports for k in range(self.reports))
