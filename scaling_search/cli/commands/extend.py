"""`scaling-search extend`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaling_search.cli import options
from scaling_search.cli.parameters import option, option_group

if TYPE_CHECKING:
    from search_spaces.specs.extension import Extension


@option_group(options.SEARCH)
class ExtensionOptions(options.Strategy):
    """What is added to a sweep."""

    seeds: int | None = option("--seeds", "N", "Seeds per candidate, in all.")
    divisions: int | None = option(
        "--divisions", "N", "Search also these divisions of the triangle."
    )
    images: int | None = option(
        "--images", "N", "A longer budget for every trial: makes a new sweep."
    )
    confirmation_seeds: int | None = option(
        "--confirmation-seeds", "N", "Fresh seeds of the leader, in all."
    )
    settings: tuple[str, ...] = option(
        "--set",
        "KEY=VALUE",
        "Any other key of the extension; repeatable. For example strategy.pilot_seeds=3 or "
        "lattice.directions=[[0,0.5,0.5]].",
        default=(),
    )

    def extension(self) -> Extension:
        """The extension with these options.

        Raises:
            InputError: a value breaks a rule.
        """
        from scaling_search.cli.parsing import merge, parse_settings
        from search_spaces.specs.extension import Extension
        from search_spaces.specs.reading import parse

        given = {
            "seeds": self.seeds,
            "lattice": None if self.divisions is None else {"divisions": self.divisions},
            "images": self.images,
            "strategy": None if self.strategy is None else {"name": self.strategy},
            "confirmation_seeds": self.confirmation_seeds,
        }
        changes = {key: value for key, value in given.items() if value is not None}
        return parse(Extension, merge(parse_settings(self.settings), changes), "the extension")


def extend(
    sweep: options.SweepNumber,
    added: ExtensionOptions,
    execution: options.Execution,
    results: options.Results,
    output: options.Progress,
    baseline: options.UserClasses = None,
) -> None:
    """Add seeds, candidates, strategy or budget to a sweep.

    Trials are compared only if they were trained alike. More seeds, further candidates and another
    strategy keep the protocol: they are added to the sweep, and all its trials still count. The
    budget is part of the protocol: a longer one makes a new sweep over the same plan, in which no
    trial of the shorter one counts, and the two are never compared.

    With --server the extended sweep waits in the service's queue.

    Examples:
      scaling-search extend 3 --seeds 6
      scaling-search extend 3 --strategy contenders --seeds 20
      scaling-search extend 3 --divisions 8
      scaling-search extend 3 --images 100000
    """
    extension = added.extension()
    if results.server:
        from scaling_search.cli.documents import SweepRecord
        from scaling_search.cli.views.ending import show_queued
        from scaling_search.client import Client

        with Client(results.server) as client:
            extended = client.extend(sweep, extension).id
            show_queued(SweepRecord.read(client, extended), output.json)
        return
    from scaling_search.cli import inputs, training
    from scaling_search.sweeps.extending import extend_sweep

    display, how = output.display(), training.execution(execution)
    with training.stoppable(), results.open() as store:
        data = inputs.prepared(inputs.stored_spec(store.sweep(sweep)).data, display)
        with display.measuring() as counted:
            found = extend_sweep(store, sweep, extension, data, counted)
        display.note(f"sweep {found.sweep_id}: {found.why}")
        training.train(store, found.sweep_id, data, how, output)
