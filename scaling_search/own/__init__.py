"""A user's own baseline: followed, checked and measured.

- `checks`: what it must do before anything is searched on it;
- `counting`: FLOPs of networks without a closed form, built once each.
"""

from scaling_search.own.checks import check_baseline
from scaling_search.own.counting import enable, known, remember

__all__ = ["check_baseline", "enable", "known", "remember"]
