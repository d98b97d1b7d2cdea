"""A user's own baseline: followed, checked and measured.

- `checks`: what it must do before anything is searched on it;
- `counting`: FLOPs of networks without a closed form, built once each.

Each is imported by itself: every command needs `counting`, and `checks` takes the seconds of torch.
"""
