"""A user's own baseline: followed, checked and measured.

- `counting`: FLOPs of networks without a closed form, built once each;
- `checks`: what it must do before anything is searched on it;
- `checked`: the checks, once for each version of its code.

Each is imported by itself: every command needs `counting`, and `checks` takes the seconds of torch.
"""
