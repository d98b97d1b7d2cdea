"""Which candidate leads, and whether the evidence says so.

The rules, all of them:

1. A candidate with a diverged or failed trial is out. Only those that satisfy the constraint can
   lead. Candidates may have different seeds, and different numbers of them: one that a race stopped
   is judged by the seeds that it finished.
2. A mean accuracy has two sources of noise, seeds and validation images (`noise`): the covariances
   of a bootstrap over both. Candidates are paired by seed and image, and what either does to all
   alike cancels. A candidate's own variance between seeds is drawn towards that of all.
3. A Gaussian process over realised depth, width and resolution plus measured FLOPs (or what else a
   search is matched on: where FLOPs are named here, it stands in their place), with that noise
   (`surface`), says what is believed of every candidate at the same FLOPs, the geometric mean of
   the eligible ones': more FLOPs by rounding are no merit. Beside the surface each network may lie
   off it on its own. How smooth and how rough is averaged over, not fitted. The baseline stays at
   its own FLOPs.
4. The leader has the highest expected accuracy. From draws of all candidates together come each
   one's probability of being best, its expected regret, and the probability that its regret is at
   most δ; the leader's is the `certainty` (`posterior`, `judgement`).
5. The verdict is `inconclusive` if there is one seed, one candidate, a leader not above the share
   of the largest class, a leader not above the baseline (the proxy then rewards no extra FLOPs at
   all), or a certainty below the confidence asked for; then it is said how many seeds, or images,
   would settle it.
6. Otherwise the leader can be taken: its regret is at most δ. A rival is `equivalent` if its own
   regret, too, is at most δ with that confidence, else `worse` if its joint interval is below the
   leader, else `undecided`. `chosen` if every rival is worse; `equivalent` if not: the region is
   the leader and the equivalent ones. So candidates that do not differ are hardly ever chosen from.
7. Trials of the leader with seeds that were trained after it was known have no part in any of this;
   from them alone comes the `confirmation`, which having been selected cannot flatter.

The files in the order of use:

- `table` (of `correctness`): which trials can be used; `noise`: how much their means would change
  with other seeds and images, for verdicts, confirmations, methods and validations;
- `priors`, `surface`, `posterior`: the distribution of the candidates' accuracies at matched FLOPs;
- `judgement`, `comparisons`, `confirmation`, `power`, `verdict`: what follows from it, as an
  `Outcome`; `triangle`: the picture of it; `remedies`: what to do about lost trials;
- `forecast`: the cost of a conclusive answer; `methods`, `transfer`, `validity`: the statistics of
  comparisons of methods, of transfers and of short budgets.

`docs/selection.md` shows in simulation how often the stated probabilities hold.
"""

from scaling_search.evidence.forecast import Forecast, Planned, forecast
from scaling_search.evidence.methods import Compared, compare_methods
from scaling_search.evidence.posterior import Posterior, infer
from scaling_search.evidence.table import Evidence
from scaling_search.evidence.triangle import triangle_surface
from scaling_search.evidence.verdict import select

__all__ = [
    "Compared",
    "Evidence",
    "Forecast",
    "Planned",
    "Posterior",
    "compare_methods",
    "forecast",
    "infer",
    "select",
    "triangle_surface",
]
