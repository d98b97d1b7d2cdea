"""From a search space to the distinct networks that a sweep trains."""

from search_spaces.planning.candidates import Candidate, Direction, Plan, Role
from search_spaces.planning.plan import make_plan

__all__ = ["Candidate", "Direction", "Plan", "Role", "make_plan"]
