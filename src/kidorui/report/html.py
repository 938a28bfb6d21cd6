"""A report as one HTML page: no script, nothing fetched, pictures inline, fit for print."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from kidorui.figures.paper import inline_svg, theme_css
from kidorui.report.compose import cells, references
from kidorui.report.content import Report

_FONT = 'system-ui, "Helvetica Neue", Arial, sans-serif'
_PRINT = '"Helvetica Neue", Arial, system-ui, sans-serif'
_JAPANESE = '"Hiragino Sans", "Yu Gothic UI", "Noto Sans JP", Meiryo, "kidorui-ja", sans-serif'


def html(report: Report) -> str:
    """The page of a report, self-contained.

    Tables that numbers link to are folded away at its end and left out in print. In Japanese
    it carries the glyphs it needs, for readers whose machine has no such font.
    """
    drawn = {
        f"{section.run}.{picture.name}": Markup(inline_svg(picture, scope=section.run))
        for section in report.sections
        for picture in section.pictures
    }
    anchors = {anchor for sheet in report.sheets for anchor in sheet.told.anchors}
    anchors |= {sheet.anchor for sheet in report.sheets}
    cited = {cell.anchor for cell in cells(report.answers)}
    page = _template().render(
        report=report,
        say=report.say,
        drawn=drawn,
        anchors=anchors,
        cited=cited,
        numbered=references(report),
        style=Markup("{{style}}"),
    )
    return page.replace("{{style}}", _style(report, page))


def _style(report: Report, page: str) -> str:
    css = files("kidorui.report").joinpath("page.css").read_text(encoding="utf-8")
    if report.say.code != "ja":
        return css.replace("FONT", _FONT).replace("PRINT", _PRINT) + theme_css()
    spoken = css.replace("FONT", _JAPANESE).replace("PRINT", _JAPANESE)
    return _font_face(page) + spoken + theme_css()


def _font_face(page: str) -> str:
    """The glyphs of a page as a font of its own: IPAex Gothic, cut to them."""
    from kidorui.figures.paper import font_for

    data = b64encode(font_for("".join(sorted(set(page))))).decode()
    return (
        '@font-face { font-family: "kidorui-ja"; '
        f'src: url("data:font/woff;base64,{data}") format("woff"); }}\n'
    )


def _grouped(rows: Sequence[object], by: str) -> list[tuple[str, list[object]]]:
    """Rows by an attribute of theirs, in the order in which it comes."""
    found: dict[str, list[object]] = {}
    for row in rows:
        found.setdefault(str(getattr(row, by)), []).append(row)
    return list(found.items())


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["groupby_order"] = _grouped
    text = files("kidorui.report").joinpath("page.html").read_text(encoding="utf-8")
    return environment.from_string(text)
