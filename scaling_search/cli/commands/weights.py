"""`scaling-search weights`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scaling_search.cli import completion
from scaling_search.cli.options import CodeOption, ForceOption, JsonOption, NetworkOption


def weights(
    source: Annotated[
        Path,
        typer.Argument(metavar="INPUT", help="A state dict: .safetensors, .pt, .pth or .bin."),
    ],
    output: Annotated[
        str,
        typer.Argument(
            metavar="OUTPUT",
            help="Where to; the ending decides the kind. In a folder a .safetensors of that name.",
        ),
    ],
    network: NetworkOption,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="LIBRARY",
            help="Whose names it shall have: torchvision, timm, efficientnet_pytorch, "
            "transformers or scaling-search.",
            autocompletion=completion.libraries,
        ),
    ] = "scaling-search",
    origin: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="LIBRARY",
            help="Whose names it has; found from them by default.",
            autocompletion=completion.libraries,
        ),
    ] = None,
    classes: Annotated[
        int | None,
        typer.Option("--classes", metavar="N", help="Of the network; its own by default."),
    ] = None,
    baseline: CodeOption = None,
    force: ForceOption = False,
    json: JsonOption = False,
) -> None:
    """Rename trained weights from one library's names to another's.

    The numbers stay as they are; every tensor's shape is checked against the network. Files are
    read without executing anything in them.

    \b
    Examples:
      scaling-search weights efficientnet_b3.pth b3.safetensors --network b3
      scaling-search weights trained.pt b1.safetensors --network b1.json --to transformers
    """  # noqa: D301 - \b keeps the lines of the examples apart
    from scaling_search.cli import exports
    from scaling_search.cli.networks import spec_of
    from scaling_search.cli.output import console, print_json
    from scaling_search.networks.weights import convert, detect, read_tensors, write_tensors
    from search_spaces.errors import InputError

    spec = spec_of(network, classes)
    target = exports.place(output, f"{source.stem}.safetensors") or Path(output)
    exports.check_target(target, force=force)
    tensors = read_tensors(source)
    try:
        found = origin or detect(tensors)
        converted = convert(tensors, spec, source=found, target=to)
    except InputError as error:
        raise InputError(f"{source}: {error}") from None
    write_tensors(converted, target)
    size = target.stat().st_size
    if json:
        print_json(
            {"from": found, "to": to, "tensors": len(converted), "file": str(target), "bytes": size}
        )
    else:
        console().print(
            f"{len(converted)} tensors from {found}'s names to {to}'s: {target}, {size:,} bytes",
            markup=False,
            soft_wrap=True,
        )
