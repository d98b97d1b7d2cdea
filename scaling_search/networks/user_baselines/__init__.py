"""A user's own baseline: checked before it is used, its FLOPs counted by fvcore.

- `usable`: the baseline of a name, checked once for each version of its code;
- `checks`: what it must do before anything is searched on it;
- `flop_counter`: FLOPs of networks without a closed form, counted once each.

Each is imported by itself: every command needs `flop_counter`, and `checks` imports torch, which
takes seconds.
"""
