"""A specification to submit, and variants of it."""

import copy

SPEC = {
    "name": "submitted",
    "space": {
        "baseline": "efficientnet_b0",
        "form": {"width": 0.35, "stem_stride": 1, "strides": [1, 2, 1, 2, 1, 1, 1]},
        "resolution_px": 16,
        "rounding": {"width_divisor": 4},
        "target": {"flops_ratio": 2.0, "by": "measured", "tolerance": 0.3},
        "lattice": {"directions": [[0, 1, 0], [0, 0, 1]]},
    },
    "proxy": {"images": 640, "batch_size": 32, "reports": 2},
    "data": {"name": "digits"},
    "seeds": [0, 1],
}


def spec(**changes):
    """The specification, with dotted keys changed; None removes one."""
    made = copy.deepcopy(SPEC)
    for key, value in changes.items():
        *inside, last = key.split("__")
        place = made
        for part in inside:
            place = place[part]
        if value is None:
            place.pop(last, None)
        else:
            place[last] = value
    return made
