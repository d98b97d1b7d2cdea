"""How fast a sweep progresses."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Climb:
    """A finished trial that beat all before it."""

    trials: int
    """Finished trials by then, this one included."""
    accuracy: float


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a sweep's trials cost so far and still will.

    `flops` are of one image and one trial each, so that they weigh trials against each other.
    """

    finished_flops: float
    finished_seconds: float
    """What training those took."""
    pending_flops: float
    running_flops: tuple[tuple[float, float], ...]
    """Of each trial that is being trained: its FLOPs, and for how many seconds it has been."""

    @property
    def eta_seconds(self) -> float | None:
        """Seconds until the last trial is over; None before there is a pace.

        The finished trials' seconds for a FLOP, with as many workers as there are now.
        """
        if not self.running_flops or not self.finished_flops or not self.finished_seconds:
            return None
        pace = self.finished_seconds / self.finished_flops
        running = sum(max(0.0, pace * flops - spent) for flops, spent in self.running_flops)
        return (running + pace * self.pending_flops) / len(self.running_flops)
