"""kidorui: plan, stress and trace the supply of rare earths.

>>> import kidorui as kd
>>> kd.plan("japan").table("builds")  # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kidorui import runs as runs
    from kidorui.case import Case as Case
    from kidorui.case import CaseError as CaseError
    from kidorui.case import check as check
    from kidorui.case import load as load
    from kidorui.face import calibrate as calibrate
    from kidorui.face import exposure as exposure
    from kidorui.face import plan as plan
    from kidorui.face import reconcile as reconcile
    from kidorui.face import robust as robust
    from kidorui.face import stress as stress
    from kidorui.face import validate as validate
    from kidorui.figures import pictures as pictures
    from kidorui.results import Result as Result
    from kidorui.runs import compare as compare

# Where each public name lives; read when first asked for, so that importing kidorui is quick.
_HOMES = {
    "Case": "kidorui.case",
    "CaseError": "kidorui.case",
    "Result": "kidorui.results",
    "calibrate": "kidorui.face",
    "check": "kidorui.case",
    "compare": "kidorui.runs",
    "exposure": "kidorui.face",
    "load": "kidorui.case",
    "pictures": "kidorui.figures",
    "plan": "kidorui.face",
    "reconcile": "kidorui.face",
    "robust": "kidorui.face",
    "runs": "kidorui",
    "stress": "kidorui.face",
    "validate": "kidorui.face",
}

__all__ = [
    "Case",
    "CaseError",
    "Result",
    "calibrate",
    "check",
    "compare",
    "exposure",
    "load",
    "pictures",
    "plan",
    "reconcile",
    "robust",
    "runs",
    "stress",
    "validate",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'kidorui' has no attribute {name!r}; it has {__all__}")
    if home == __name__:
        return import_module(f"{home}.{name}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
