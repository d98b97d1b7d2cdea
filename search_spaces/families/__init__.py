"""Families b0…b7: larger networks from coefficients that were found on a small one."""

from search_spaces.families.conventions import CONVENTIONS, Convention, family, family_member
from search_spaces.families.member import FamilyMember, ScaledNetwork
from search_spaces.families.published import PUBLISHED_FAMILIES, PublishedMember
from search_spaces.families.snippet import python_line

__all__ = [
    "CONVENTIONS",
    "PUBLISHED_FAMILIES",
    "Convention",
    "FamilyMember",
    "PublishedMember",
    "ScaledNetwork",
    "family",
    "family_member",
    "python_line",
]
