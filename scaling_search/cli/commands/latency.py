"""`scaling-search latency`."""

from __future__ import annotations

from scaling_search.cli import completion, network_options, options
from scaling_search.cli.parameters import argument, flag, option, option_group


@option_group(options.NETWORK)
class MeasuredOptions(network_options.CoefficientSource):
    """The networks to measure."""

    sweep: str | None = argument(
        "[SWEEP]",
        "A sweep, whose candidates are measured and shown with their accuracy, or published; by "
        "default the family of the best stored coefficients, else of the published ones.",
        default=None,
        complete=completion.sweeps,
    )
    family: bool = flag("--family", "The family of the sweep instead of its candidates.")
    members: int = option("--members", "N", "Members of a family: 4 takes b0 to b3.", default=4)
    resolution: int | None = option("--resolution", "PX", "Base resolution of the family.")


@option_group("Measurement")
class MeasurementOptions:
    """How networks are measured."""

    backends: tuple[str, ...] = option(
        "--backend",
        "NAME",
        "torch (the default), onnxruntime or onnxruntime-int8; repeatable. The last two need the "
        "extra `edge`.",
        default=(),
        complete=completion.backends,
    )
    threads: int = option("--threads", "N", "CPU threads.", default=1)
    batch: int = option("--batch", "N", "Images per run.", default=1)
    runs: int = option("--runs", "N", "Measured runs per network.", default=30)
    warm_up: int = option("--warm-up", "N", "Runs before them that are not measured.", default=3)
    memory: bool = option(
        "--memory/--no-memory",
        None,
        "Measure also the peak memory, each network in a process of its own.",
        default=True,
    )


def latency(
    networks: MeasuredOptions,
    measurement: MeasurementOptions,
    stored: options.Database,
    output: options.Progress,
) -> None:
    """Measure the latency of networks on this machine.

    FLOPs are not speed. Networks take turns, run by run, so that a machine that slows down slows
    all of them. Measurements are stored, for the figure accuracy-latency of `plot` and the
    dashboard.

    Examples:
      scaling-search latency 3
      scaling-search latency published --members 8 --threads 2
      scaling-search latency --backend torch --backend onnxruntime --backend onnxruntime-int8
    """
    from scaling_search.cli import edge
    from scaling_search.cli.views import edge as view
    from scaling_search.cli.views.progress import Display
    from scaling_search.uses.edge.measurement import measure_networks

    sweep = networks.sweep
    sweep_id = int(sweep) if sweep and sweep.isdigit() and not networks.family else None
    if sweep_id is None:
        measured = edge.members(networks, stored)
    else:
        measured = edge.candidates(sweep_id, stored)
    found = []
    with Display(quiet=output.quiet or output.json).saying() as show:
        for backend in measurement.backends or ("torch",):
            found += measure_networks(
                [(one.label, one.spec) for one in measured],
                backend=backend,
                threads=measurement.threads,
                batch=measurement.batch,
                runs=measurement.runs,
                warm_up=measurement.warm_up,
                memory=measurement.memory,
                progress=show,
            )
    with stored.open() as store:
        store.put_edge_measurements(found, sweep_id=sweep_id)
        rows = edge.stored_measurements(store, found)
    accuracies = {one.spec.key: one.accuracy for one in measured}
    output.present(view.document(rows, accuracies), lambda out: view.show(out, rows, accuracies))
