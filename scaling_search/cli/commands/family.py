"""`scaling-search family`."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from scaling_search.cli import completion, network_options, options
from scaling_search.cli.parameters import argument, option, option_group


@option_group(options.NETWORK)
class FamilyOptions(network_options.ScaledNetworks):
    """The coefficients of a family, and its members."""

    sweep: str | None = argument(
        "[SWEEP]",
        "A sweep whose leader's coefficients to use, or published; by default the best stored "
        "ones, else the published ones.",
        default=None,
        complete=completion.sweeps,
    )
    convention: str = option(
        "--convention",
        "NAME",
        "fitted: φ such that measured FLOPs come nearest 2^k × the baseline's; integer: φ = k; "
        "published: the official table.",
        default="fitted",
        complete=completion.conventions,
    )
    resolution: int | None = option(
        "--resolution", "PX", "Base resolution; by default the baseline's own."
    )
    members: int = option("--members", "N", "Number of members: 8 makes b0 to b7.", default=8)


def family(
    options: FamilyOptions,
    files: network_options.NetworkFiles,
    results: options.Results,
    measure: Annotated[
        bool, typer.Option("--measure", help="Confirm with fvcore (once per network, ever).")
    ] = False,
    member: network_options.Member = None,
) -> None:
    """Derive the family b0, b1, … from coefficients.

    Member bk has depth × α^φ, width × β^φ and resolution × γ^φ. Rounding makes φ = k drift away
    from 2^k × the FLOPs, so that φ is fitted unless you say otherwise; the remaining difference is
    shown.

    Examples:
      scaling-search family 3
      scaling-search family published --convention published
      scaling-search family --coefficients 1.2,1.1,1.15 --resolution 160 --classes 37
      scaling-search family 3 --format transformers --resolution-multiple 2 -o configs/
    """
    from scaling_search.cli import coefficients, network_files
    from scaling_search.cli.output import console
    from scaling_search.cli.planning import checked_baseline
    from scaling_search.cli.views import family as view
    from scaling_search.cli.views.progress import Display
    from search_spaces.errors import InputError
    from search_spaces.exports import named
    from search_spaces.families import family as derive

    if measure and results.server:
        raise InputError(
            "--measure counts on this machine and keeps what it finds in its database: leave out "
            "one of --measure and --server"
        )
    form = network_files.choose_format(files)
    source = coefficients.choose(options.sweep, options, results)
    convention = options.convention
    with checked_baseline(source.baseline, results.database) as baseline:
        frame = options.frame(baseline, options.resolution)
        made = derive(frame, source.coefficients, members=options.members, convention=convention)  # type: ignore[arg-type]
    if measure:
        from scaling_search.sweeps import confirm

        with results.open() as store, Display(quiet=form is not None).measuring() as counted:
            confirm(store, [(one.spec, one.complexity) for one in made], counted)
    shown = network_files.pick(made, member)
    if measure or getattr(baseline, "measured", False):
        shown = [dataclasses.replace(one, complexity_source="fvcore") for one in shown]
    if form is None:
        view.show_family(console(), source, frame, convention, shown)
    else:
        document = view.family_document(source, frame, convention, shown)
        network_files.write(form, named(shown), document, files, single=member is not None)
