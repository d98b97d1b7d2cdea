"""What a validation found, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scaling_search.evidence.validity.budgets import BudgetResult, Ranking, Recommendation
from search_spaces.human import plural
from search_spaces.specs.validation import ValidationSpec


def _points(value: float) -> str:
    return f"{100 * value:.2f} points"


def reasons(
    results: Sequence[BudgetResult],
    chosen: Recommendation | None,
    spec: ValidationSpec,
    *,
    complete: bool,
) -> list[str]:
    """The grounds of the recommendation, or of there being none."""
    sentences = [] if complete else ["not everything is trained yet: this is what there is so far"]
    sentences.append(_recommendation(results, chosen, spec))
    for found in results:
        sentences += _rates(found, spec)
    for found in results[:-1]:
        if found.shared is not None:
            sentences += _choice(found.images, found.shared, spec)
            sentences += _ranks(found.images, found.shared)
    return sentences


def _recommendation(
    results: Sequence[BudgetResult], chosen: Recommendation | None, spec: ValidationSpec
) -> str:
    rule, long = spec.sweep.selection, spec.trained_budgets[-1]
    allowed = f"{_points(rule.regret)} ({100 * rule.confidence:g}% confidence)"
    if chosen is not None:
        rate = "each candidate's own best rate" if chosen.tuned else "the shared learning rate"
        return (
            f"{chosen.images:,} images per trial under {rate} are enough: choosing there, by these "
            f"or other seeds, loses at most {allowed} at {long:,} images"
        )
    known = [
        (ranking.regret.high, found.images)
        for found in results[:-1]
        for ranking in (found.shared, found.tuned)
        if ranking is not None and ranking.regret is not None
    ]
    if not known:
        return f"no budget can be held against {long:,} images yet: too little is trained"
    high, images = min(known)
    seeds = len(spec.sweep.seeds)
    needed = max(seeds + 1, round(seeds * (high / rule.regret) ** 2))
    return (
        f"no budget is shown to be good enough: choosing at the best of them, {images:,} images, "
        f"may lose up to {_points(high)} at {long:,} images, more than {allowed}; longer budgets, "
        f"or if it is noise some {needed} seeds, would tell"
    )


def _rates(found: BudgetResult, spec: ValidationSpec) -> Iterator[str]:
    effect = found.effect
    if effect is None:
        return
    shared, own = effect.leaders
    sentences = {
        "agrees": f"the shared learning rate {spec.shared_rate:g} chooses as each candidate's own "
        f"would (loses at most {_points(effect.regret.high)})",
        "flips": f"the shared learning rate {spec.shared_rate:g} chooses wrongly: it puts "
        f"candidate {shared} first, and each at its own best rate candidate {own}, which is better "
        f"with probability {effect.regret.beaten:.1%} (the choice loses "
        f"{_points(effect.regret.expected)}): tune the rate per candidate; a search with the "
        "shared one concludes nothing",
        "unclear": f"whether the shared learning rate {spec.shared_rate:g} chooses as each "
        f"candidate's own would is not clear: it may lose up to {_points(effect.regret.high)}; "
        "more seeds would tell",
    }
    yield f"at {found.images:,} images {sentences[effect.state]}"
    if effect.at_edge:
        named = ", ".join(str(index) for index in effect.at_edge)
        yield (
            f"at {found.images:,} images the best rate of "
            f"{plural(len(effect.at_edge), 'candidate')} ({named}) is an end of those tried: a "
            "better one may lie beyond (--rates)"
        )


def _choice(images: int, ranking: Ranking, spec: ValidationSpec) -> Iterator[str]:
    if ranking.choice_regret is None or ranking.repeated is None:
        return
    yield (
        f"at {images:,} images candidate {ranking.leader} leads, which loses at most "
        f"{_points(ranking.choice_regret.high)} at {spec.trained_budgets[-1]:,} "
        f"({100 * spec.sweep.selection.confidence:g}% confidence); with other seeds it would have "
        f"led in {ranking.repeated:.0%} of cases"
    )


def _ranks(images: int, ranking: Ranking) -> Iterator[str]:
    found = ranking.agreement
    if found is None or found.pearson is None or found.kendall is None:
        return
    if found.disattenuated is None:
        yield (
            f"ranks at {images:,} images: the candidates cannot be told apart through the noise, "
            f"so that there is nothing to agree on (Kendall τ {found.kendall:.2f})"
        )
        return
    yield (
        f"ranks at {images:,} images: correlation {found.pearson:.2f} where perfect agreement "
        f"through this noise would show {found.pearson_ceiling:.2f} (Kendall τ {found.kendall:.2f} "
        f"of {found.kendall_ceiling:.2f}): {found.disattenuated:.2f} without the noise, "
        f"{found.low:.2f} to {found.high:.2f} over {found.candidates} candidates"
    )
