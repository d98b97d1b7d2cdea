"""`scaling-search family`."""

from __future__ import annotations

from typing import Annotated

import typer

from scaling_search.cli import completion
from scaling_search.cli.options import (
    DatabaseOption,
    FamilyBaselineOption,
    ForceOption,
    JsonOption,
    MemberOption,
    MultipleOption,
    NetworkFormatOption,
    OutputOption,
    ServerOption,
)


def family(
    sweep: Annotated[
        str | None,
        typer.Argument(
            metavar="[SWEEP]",
            help="A sweep whose leader's coefficients to use, or published; by default the best "
            "stored ones, else the published ones.",
            autocompletion=completion.sweeps,
        ),
    ] = None,
    coefficients: Annotated[
        str | None,
        typer.Option("--coefficients", metavar="α,β,γ", help="For example 1.2,1.1,1.15."),
    ] = None,
    convention: Annotated[
        str,
        typer.Option(
            "--convention",
            metavar="NAME",
            help="fitted: φ such that measured FLOPs come nearest 2^k × the baseline's; integer: "
            "φ = k; published: the official table.",
            autocompletion=completion.conventions,
        ),
    ] = "fitted",
    resolution: Annotated[
        int | None,
        typer.Option(
            "--resolution", metavar="PX", help="Base resolution; by default the baseline's own."
        ),
    ] = None,
    classes: Annotated[
        int | None,
        typer.Option("--classes", metavar="N", help="By default the baseline's own."),
    ] = None,
    members: Annotated[
        int, typer.Option("--members", metavar="N", help="How many: 8 makes b0 to b7.")
    ] = 8,
    baseline: FamilyBaselineOption = None,
    measure: Annotated[
        bool, typer.Option("--measure", help="Confirm with fvcore (once per network, ever).")
    ] = False,
    multiple: MultipleOption = 1,
    kind: NetworkFormatOption = None,
    member: MemberOption = None,
    output: OutputOption = None,
    force: ForceOption = False,
    server: ServerOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Derive the family b0, b1, … that coefficients imply.

    Member bk has depth × α^φ, width × β^φ and resolution × γ^φ. Rounding makes φ = k drift away
    from 2^k × the FLOPs, so that φ is fitted unless you say otherwise; what remains is shown.

    \b
    Examples:
      scaling-search family 3
      scaling-search family published --convention published
      scaling-search family --coefficients 1.2,1.1,1.15 --resolution 160 --classes 37
      scaling-search family 3 --format transformers --resolution-multiple 2 -o configs/
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from scaling_search.cli import coefficients as sources
    from scaling_search.cli import networks
    from scaling_search.cli.inputs import checking
    from scaling_search.cli.output import console
    from scaling_search.cli.views import family as view
    from scaling_search.cli.views.progress import Display
    from search_spaces.baselines.frame import Frame
    from search_spaces.errors import InputError
    from search_spaces.exports import named
    from search_spaces.families import family as derive

    if measure and server:
        raise InputError(
            "--measure counts on this machine and keeps what it finds in its database: leave out "
            "one of --measure and --server"
        )
    form = networks.chosen(kind, json=json, output=output)
    source = sources.choose(
        database, server, sweep=sweep, coefficients=coefficients, baseline=baseline
    )
    with checking(source.baseline, database) as own:
        rounding = own.rounding.model_copy(update={"resolution_multiple": multiple})
        frame = Frame.of(own, resolution_px=resolution, classes=classes, rounding=rounding)
        made = derive(frame, source.coefficients, members=members, convention=convention)  # type: ignore[arg-type]
    if measure:
        from results.store import Store
        from scaling_search.sweeps import confirm

        with Store.open(database) as store, Display(quiet=form is not None).measuring() as counted:
            confirm(store, [(member.spec, member.complexity) for member in made], counted)
    shown, by_fvcore = networks.pick(made, member), measure or getattr(own, "measured", False)
    if form is None:
        view.show_family(console(), source, frame, convention, shown, measured=by_fvcore)
    else:
        document = view.family_document(source, frame, convention, shown, measured=by_fvcore)
        networks.write(form, named(shown), document, output, single=member is not None, force=force)
