"""Remedies for trials that failed or diverged."""

from __future__ import annotations

UNSTABLE = "make its training stable"
"""Remedy for trainings that diverge, if the recipe suggests none."""


def remedies(lost: int, failed: int, unstable: str) -> str:
    """How many trials failed and how many diverged, each with what to do about it.

    Resuming tries again what failed. What diverged would diverge again with the same seed, so that
    only another recipe helps.

    Args:
        lost: trials that failed or diverged.
        failed: those of them that failed.
        unstable: what to try where trainings diverge.
    """
    parts = []
    if failed:
        parts.append(f"{failed:,} failed (resume, which tries failed trials again)")
    if lost > failed:
        parts.append(f"{lost - failed:,} diverged ({unstable})")
    return ", ".join(parts)
