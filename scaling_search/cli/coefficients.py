"""The coefficients that a family or a network is derived from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from results.reader import Reader
from results.states import CONCLUSIVE
from results.values import CoefficientsRecord
from scaling_search.cli import network_options, options
from scaling_search.cli.documents import coefficients_document
from scaling_search.cli.inputs import existing_store
from scaling_search.cli.parsing import parse_coefficients
from search_spaces.baselines import get_baseline
from search_spaces.coefficients import PUBLISHED, Coefficients
from search_spaces.errors import InputError, WorkError
from search_spaces.human import percent, triple
from search_spaces.specs.target import NAMES, Quantity

DEFAULT_BASELINE = "efficientnet_b0"


@dataclass(frozen=True)
class Source:
    """Coefficients, the baseline that they scale, and where they come from, for people."""

    coefficients: Coefficients
    baseline: str
    origin: str
    sweep: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        c = self.coefficients
        return {
            "baseline": self.baseline,
            "coefficients": coefficients_document(c.alpha, c.beta, c.gamma),
            "source": self.origin,
            "sweep": self.sweep,
        }


def of_sweep(reader: Reader, sweep_id: int, baseline: str | None) -> Source:
    """The coefficients of a sweep's leader.

    Raises:
        NotFoundError: there is no such sweep.
        WorkError: it has no leader yet.
    """
    sweep = reader.sweep(sweep_id)
    found = reader.coefficients(sweep_id=sweep_id)
    if not found:
        raise WorkError(
            f"sweep {sweep_id} is {sweep.state} and has no leader: "
            f"`scaling-search show {sweep_id}` shows where it stands"
        )
    origin = f"leader of sweep {sweep_id} ({found[0].verdict})"
    return Source(found[0].coefficients, baseline or sweep.baseline, origin, sweep_id)


def best_record(
    reader: Reader,
    baseline: str,
    dataset: str | None,
    target_ratio: float,
    target_quantity: Quantity = "flops",
) -> CoefficientsRecord:
    """The best conclusive coefficients; without a data set, on that of the latest such sweep.

    Raises:
        WorkError: there are none; the message says what there is instead.
    """
    if dataset is None:
        newest = reader.coefficients(
            baseline=baseline,
            target_ratio=target_ratio,
            target_quantity=target_quantity,
            verdicts=CONCLUSIVE,
            limit=1,
        )
        dataset = newest[0].dataset if newest else None
    found = None
    if dataset is not None:
        found = reader.best(baseline, dataset, target_ratio, target_quantity=target_quantity)
    if found is None:
        raise WorkError(_nothing(reader, baseline, dataset, target_ratio, target_quantity))
    return found


def _nothing(
    reader: Reader, baseline: str, dataset: str | None, target_ratio: float, quantity: Quantity
) -> str:
    where = f"{baseline} at {target_ratio:g} × its {NAMES[quantity]}"
    where += f" on {dataset}" if dataset else ""
    known = reader.coefficients(
        baseline=baseline, dataset=dataset, target_ratio=target_ratio, target_quantity=quantity
    )
    if known:
        best = known[0]
        leading = triple(best.coefficients)
        return (
            f"nothing conclusive is stored for {where}, only {len(known)} inconclusive: the latest "
            f"is sweep {best.sweep}, led by {leading} with {percent(best.accuracy)}; "
            f"`scaling-search show {best.sweep}` says what would settle it"
        )
    elsewhere = reader.coefficients()
    if elsewhere:
        others = {
            f"{r.baseline} at {r.target_ratio:g} × {NAMES[r.target_quantity]} on {r.dataset}"
            for r in elsewhere
        }
        return f"nothing is stored for {where}; there is: {', '.join(sorted(others))}"
    return f"nothing is stored for {where}: `scaling-search run` finds coefficients"


def choose(
    sweep: str | None, options: network_options.CoefficientSource, results: options.Results
) -> Source:
    """The coefficients that are asked for; else the best stored ones, else the published ones.

    Args:
        sweep: a sweep's number, or `published`.
        options: coefficients, and the baseline; by default that of the sweep, or EfficientNet-B0.
        results: the database or service of the sweeps.

    Raises:
        InputError: both sweep and coefficients are given, or one cannot be read, or the baseline is
            unknown.
    """
    if sweep is not None and options.coefficients is not None:
        raise InputError("a sweep and --coefficients are given: leave one of them out")
    if options.baseline is not None:
        get_baseline(options.baseline)
    name = options.baseline or DEFAULT_BASELINE
    if options.coefficients is not None:
        return Source(parse_coefficients(options.coefficients), name, "given")
    if sweep == "published":
        return Source(PUBLISHED, name, "published (arXiv 1905.11946)")
    if sweep is not None:
        if not sweep.isdigit():
            raise InputError(
                f"sweep is {sweep!r}: give a sweep's number (`scaling-search sweeps` lists them) "
                "or published"
            )
        with results.connect() as records:
            return of_sweep(records, int(sweep), options.baseline)
    return _best_or_published(results, name)


def _best_or_published(results: options.Results, baseline: str) -> Source:
    published = "published (arXiv 1905.11946), because nothing conclusive is stored yet"
    try:
        with results.connect() if results.server else existing_store(results.database) as records:
            newest = records.coefficients(
                baseline=baseline, target_quantity="flops", verdicts=CONCLUSIVE, limit=1
            )
            if newest:
                first = newest[0]
                best = records.best(baseline, first.dataset, first.target_ratio) or first
                origin = f"best stored: sweep {best.sweep} on {best.dataset} ({best.verdict})"
                return Source(best.coefficients, baseline, origin, best.sweep)
    except FileNotFoundError:
        pass  # no database yet
    return Source(PUBLISHED, baseline, published)
