"""The command `plan`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter, validators

from kidorui.cli.exits import Refused
from kidorui.cli.output import say
from kidorui.cli.studying import answer, load_to_plan, refuse_unknown, tell, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kidorui.case import Case
    from kidorui.runs import Run

Several = Parameter(consume_multiple=True)
Share = Annotated[float, Parameter(validator=validators.Number(gte=0, lte=1))]
Count = Annotated[int, Parameter(validator=validators.Number(gte=0, lte=200))]
Money = Annotated[float, Parameter(validator=validators.Number(gte=0))]


def plan(
    case: str,
    /,
    *,
    event: Annotated[tuple[str, ...], Several] = (),
    hazard: Share | None = None,
    budget: Money | None = None,
    risk: Share | None = None,
    at: Annotated[tuple[str, ...], Several] = (),
    overlay: Annotated[tuple[Path, ...], Several] = (),
    whole: bool = False,
    open_fund: Annotated[tuple[str, ...], Several] = (),
    year: int | None = None,
    quick: bool = False,
    frontier: Count = 0,
    alternatives: Count = 0,
    slack: str = "2%",
    price: Annotated[tuple[str, ...], Several] = (),
    seed: int = 0,
    force: bool = False,
    html: Path | None = None,
    json: bool = False,
    quiet: bool = False,
) -> int:
    """Plan what to build: which few things to fund now, and what they bring.

    The answer is stored as a run; the same question is answered from the store.

    Parameters
    ----------
    case
        Name of a bundled case, a folder of tables or an .xlsx file.
    event
        Ids of the events to plan for; those of the case unless given. ONE+OTHER strike together.
    hazard
        Probability of the events, per year.
    budget
        Public money over the horizon, million US$.
    risk
        Weight of the worst outcomes against the mean; that of the case unless given.
    at
        The end of ranges to plan at: low, value or high for all, or NAME=END for one table,
        one column (projects.capex) or one source.
    overlay
        Folders of rows that add to, replace or remove rows of the case.
    whole
        Build whole units only.
    open_fund
        Ids of funds to let in that are not open to these projects.
    year
        The year for which dependence and prices are told.
    quick
        Leave out the break-evens, which take most of the time.
    frontier
        Portfolios to find beside the plan: half with less public money, half with less shortage.
    alternatives
        Portfolios to find that differ most from the plan and from each other.
    slack
        How much dearer an alternative may be: a share of the focus place's own bill.
    price
        MATERIAL=PRICE (US$/kg): which mines, separators and recyclers go on when the material
        can be had at that price anywhere.
    seed
        Seed of whatever is drawn at random.
    force
        Plan anew and replace the stored run.
    html
        Where to write the report of this run; beside it unless given.
    json
        Write the answer as JSON to stdout, and nothing else.
    quiet
        Write nothing but errors, and no progress.
    """
    from kidorui.console import set_up_log
    from kidorui.runs.execute import Question
    from kidorui.studies.plan import PlanOptions
    from kidorui.studies.plan import plan as plan_study
    from kidorui.studies.plan_told import parts

    set_up_log(quiet=quiet)
    loaded = load_to_plan(case, at, overlay, events=event, open_funds=open_fund)
    further: dict[str, Any] = {"break_even": False} if quick else {}
    further |= {"open_funds": tuple(open_fund)} if open_fund else {}
    further |= {"year": year} if year is not None else {}
    further |= {"frontier": frontier} if frontier else {}
    further |= {"alternatives": alternatives, "slack": share_of(slack)} if alternatives else {}
    further |= {"prices": prices_of(loaded, price)} if price else {}
    options = PlanOptions(
        events=tuple(event),
        hazard=hazard,
        budget=budget,
        risk=loaded.settings.risk if risk is None else risk,
        whole=whole,
        **further,
    )
    question = Question("plan", plan_study, loaded, options)
    run, computed = answer(question, seed=seed, force=force, quiet=quiet or json)
    page = _write_page(run, html, anew=computed)
    if not json and not quiet:
        tell(run, parts(run.result.tables, run.result.meta), computed=computed)
        say(f"page {page}")
    return told(run, json=json)


def share_of(text: str) -> float:
    """A share as written, 2% or 0.02."""
    number, percent = text.rstrip("% "), text.endswith("%")
    try:
        share = float(number) / (100 if percent else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise Refused(f"--slack {text}: a share such as 2% or 0.02 is accepted")
    return share


def prices_of(case: Case, asked: Sequence[str]) -> tuple[tuple[str, float], ...]:
    """`--price MATERIAL=PRICE` as (material, US$/kg); the materials are those of the case."""
    pairs = []
    for text in asked:
        name, _, number = text.partition("=")
        try:
            pairs.append((name, float(number)))
        except ValueError:
            raise Refused(f"--price {text}: MATERIAL=PRICE in US$/kg is accepted") from None
    refuse_unknown(case, "materials", "price", [name for name, _ in pairs])
    return tuple(pairs)


def _write_page(run: Run, file: Path | None, *, anew: bool) -> Path:
    """Write the report of a run; beside it once, since a stored run says the same."""
    beside = run.path.with_suffix(".html")
    if file is None and beside.exists() and not anew:
        return beside
    from kidorui.language import language
    from kidorui.report import html, report
    from kidorui.runs.files import write_file, write_file_in

    text = html(report([run], language())).encode()
    if file is None:
        write_file_in(run.path.parent, beside, text)
        return beside
    write_file(file, text)
    return file
