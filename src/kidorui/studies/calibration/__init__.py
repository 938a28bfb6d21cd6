"""Calibration, shown: the base year beside the record, and what holds it there."""

from kidorui.studies.calibration.study import CalibrateOptions, calibrate, name_of

__all__ = ["CalibrateOptions", "calibrate", "name_of"]
