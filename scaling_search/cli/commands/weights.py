"""`scaling-search weights`."""

from __future__ import annotations

from pathlib import Path

from scaling_search.cli import completion, network_options, options
from scaling_search.cli.parameters import argument, option, option_group


@option_group()
class ConversionOptions(network_options.Network):
    """The weights, and the library whose names they get."""

    source: Path = argument("INPUT", "A state dict: .safetensors, .pt, .pth or .bin.")
    output: str = argument(
        "OUTPUT",
        "File to write; its ending decides the kind. In a folder a .safetensors of the same name.",
    )
    to: str = option(
        "--to",
        "LIBRARY",
        "Library whose names to write: torchvision, timm, efficientnet_pytorch, transformers or "
        "scaling-search.",
        default="scaling-search",
        complete=completion.libraries,
    )
    origin: str | None = option(
        "--from",
        "LIBRARY",
        "Library whose names it has; by default it is recognised.",
        complete=completion.libraries,
    )
    classes: int | None = option("--classes", "N", "By default the network's own.")


def weights(
    conversion: ConversionOptions,
    output: options.Output,
    baseline: options.UserClasses = None,
) -> None:
    """Rename trained weights for another library.

    The numbers stay as they are; every tensor's shape is checked against the network. Files are
    read without executing anything in them.

    Examples:
      scaling-search weights efficientnet_b3.pth b3.safetensors --network b3
      scaling-search weights trained.pt b1.safetensors --network b1.json --to transformers
    """
    from scaling_search.cli import exports
    from scaling_search.cli.network_files import spec_of
    from scaling_search.networks.weights import convert, detect, read_tensors, write_tensors
    from search_spaces.errors import InputError

    spec = spec_of(conversion.network, conversion.classes)
    source, to = conversion.source, conversion.to
    target = exports.in_folder(conversion.output, f"{source.stem}.safetensors")
    exports.check_target(target, force=conversion.force)
    tensors = read_tensors(source)
    try:
        found = conversion.origin or detect(tensors)
        converted = convert(tensors, spec, source=found, target=to)
    except InputError as error:
        raise InputError(f"{source}: {error}") from None
    write_tensors(converted, target)
    size = target.stat().st_size
    output.present_line(
        {"from": found, "to": to, "tensors": len(converted), "file": str(target), "bytes": size},
        f"{len(converted)} tensors from {found}'s names to {to}'s: {target}, {size:,} bytes",
    )
