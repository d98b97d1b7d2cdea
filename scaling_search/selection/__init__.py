"""Which candidate leads, and whether the evidence says so.

The rules, all of them:

1. Candidates are compared on the seeds that all of them finished; one with a diverged or failed
   trial is out. Only those that satisfy the constraint can lead; the leader has the highest mean.
2. The leader's gain over another candidate has two sources of noise, seeds and validation images:
   variance = 2·s²/S + v/n. s² is the residual mean square of the two-way table of accuracies
   (candidate × seed) with (K − 1)(S − 1) degrees of freedom; v is the variance between the n images
   of the difference in correctness, without what differs from seed to seed (s² has that already).
   Intervals are joint over all pairs of the K candidates (Tukey's studentised range), because the
   leader was picked by looking.
3. A rival is `undecided` if it could be better than the leader by more than δ; `worse` if its whole
   interval says so and it could be worse by more than δ; otherwise `equivalent`: it may be as good
   as the leader, and cannot be better by more than δ.
4. The verdict is `inconclusive` if there is one seed, one candidate, a leader not above the share
   of the largest class, a leader not above the baseline (the proxy then rewards no extra FLOPs at
   all), or an undecided rival.
5. Otherwise the leader's regret is at most δ: `chosen` if every rival is worse, `equivalent` if
   some are equivalent (they are named with it). So candidates that do not differ at all are hardly
   ever called `chosen`, however small the noise.
"""

from scaling_search.selection.evidence import Evidence
from scaling_search.selection.outcome import Comparison, Outcome
from scaling_search.selection.verdict import select

__all__ = ["Comparison", "Evidence", "Outcome", "select"]
