"""Episodes of the past run month by month, and laid beside the record."""

from kidorui.studies.validation.episodes import cases_for
from kidorui.studies.validation.study import ValidateOptions, episodes_asked, validate

__all__ = ["ValidateOptions", "cases_for", "episodes_asked", "validate"]
