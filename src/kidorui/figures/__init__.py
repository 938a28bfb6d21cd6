"""Pictures made from result tables: one specification each for notebook, report and screen."""

from kidorui.figures.catalogue import KINDS, NoPicture, Pictures, drawings, picture, pictures
from kidorui.figures.picture import Picture

__all__ = ["KINDS", "NoPicture", "Picture", "Pictures", "drawings", "picture", "pictures"]
