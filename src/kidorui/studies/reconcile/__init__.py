"""Reconciliation: mass-balanced flows nearest to all observations of a year."""

from kidorui.studies.reconcile.overlay import Overlay, nearness, overlay_of
from kidorui.studies.reconcile.study import ReconcileOptions, reconcile

__all__ = ["Overlay", "ReconcileOptions", "nearness", "overlay_of", "reconcile"]
