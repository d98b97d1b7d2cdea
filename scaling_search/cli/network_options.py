"""Options of commands that derive or write networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scaling_search.cli import completion, user_code
from scaling_search.cli.options import NETWORK, OUTPUT
from scaling_search.cli.parameters import flag, option, option_group

if TYPE_CHECKING:
    from search_spaces.baselines import Baseline
    from search_spaces.baselines.frame import Frame

Member = Annotated[
    str | None,
    typer.Option(
        "--member", metavar="NAME", help="Only this member, for example b3.", rich_help_panel=OUTPUT
    ),
]


@option_group()
class Network:
    """A network by its name, and whether files may be overwritten."""

    network: str = option(
        "--network",
        "NAME|FILE",
        "A member of the published family (b0 to b7), a network that `family` or `model` wrote "
        "with --format json or yaml, or a checkpoint.",
        default=...,
    )
    force: bool = flag("--force", "Overwrite existing files.")


@option_group(NETWORK)
class CoefficientSource:
    """Coefficients, and the baseline that they scale."""

    coefficients: str | None = option("--coefficients", "α,β,γ", "For example 1.2,1.1,1.15.")
    baseline: str | None = option(
        "--baseline",
        "NAME|MODULE:CLASS",
        "By default that of the sweep, or efficientnet_b0; a class of your own, such as "
        "mypkg.nets:TinyNet, is checked first, which runs its code.",
        complete=completion.baselines,
        callback=user_code.allow_baseline,
    )


@option_group(NETWORK)
class ScaledNetworks(CoefficientSource):
    """Coefficients, the baseline that they scale, and the frame of the networks."""

    classes: int | None = option("--classes", "N", "By default the baseline's own.")
    resolution_multiple: int = option(
        "--resolution-multiple",
        "PX",
        "Round resolutions to multiples of this; transformers needs even ones (2).",
        default=1,
        min=1,
        max=256,
    )

    def frame(self, baseline: Baseline, resolution_px: int | None = None) -> Frame:
        """The frame of networks of this baseline."""
        from search_spaces.baselines.frame import Frame

        rounding = baseline.rounding.model_copy(
            update={"resolution_multiple": self.resolution_multiple}
        )
        return Frame.of(
            baseline, resolution_px=resolution_px, classes=self.classes, rounding=rounding
        )


@option_group(OUTPUT)
class NetworkFiles:
    """Files of networks, for this program or another one."""

    format: str | None = option(
        "--format",
        "NAME",
        "Write the networks for another program instead of a table: transformers, keras, "
        "efficientnet_pytorch, pycls, torchvision, timm, python (this package), json or yaml.",
        complete=completion.formats,
    )
    output: str | None = option(
        "--output",
        "FILE|FOLDER",
        "Where to write; by default stdout. A folder gets one file per member; a slash at the end "
        "makes the folder.",
        short="-o",
    )
    force: bool = flag("--force", "Overwrite existing files.")
    json: bool = flag("--json", "Print one JSON document with stable keys instead of text.")
