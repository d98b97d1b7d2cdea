"""`scaling-search identify`."""

from __future__ import annotations

from scaling_search.cli import options
from scaling_search.cli.parameters import option, option_group


@option_group()
class IdentificationOptions:
    """The size of the further training."""

    networks: int = option("--networks", "N", "Train at most this many, spread out.", default=6)
    seeds: int | None = option("--seeds", "N", "Trials per candidate, seeds 0 to N − 1.")


def identify(
    sweep: options.SweepNumber,
    execution: options.Execution,
    stored: options.Database,
    trained: IdentificationOptions,
    output: options.Progress,
    baseline: options.UserClasses = None,
) -> None:
    """Narrow the leader's coefficients by training at φ = 2.

    The leader of a sweep is a class of coefficients: triples that round to one network at φ = 1,
    and to different ones later. This trains the distinct networks at φ = 2 (each along its own
    direction, at equal FLOPs) by the recipe of the sweep, in a sweep of its own. Networks that are
    worse exclude their triples; `show` and `best` of the first sweep then give the narrowed
    intervals, and the networks of their ends at b7. `resume` continues one that was stopped.

    Examples:
      scaling-search identify 3
      scaling-search identify 3 --networks 4 --seeds 5
    """
    from scaling_search.cli import inputs, training
    from scaling_search.sweeps.identification import create_identification, question
    from search_spaces.human import plural

    display, how = output.display(), training.execution(execution)
    with training.stoppable(), stored.open() as store:
        asked = question(store, sweep, networks=trained.networks, seeds=trained.seeds)
        data = inputs.prepared(asked.spec.data, display)
        with display.measuring() as counted:
            number = create_identification(store, asked, data, counted)
        display.note(
            f"sweep {number} in {store.location}: {len(asked.chosen)} of "
            f"{plural(len(asked.groups), 'network')} at φ = 2"
        )
        training.train(store, number, data, how, output)
