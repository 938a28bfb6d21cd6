"""Reports made of runs: one page of answers, then what stands behind them."""

from kidorui.report.compose import report
from kidorui.report.content import Report
from kidorui.report.given import KINDS, ReportError
from kidorui.report.html import html
from kidorui.report.word import word

__all__ = ["KINDS", "Report", "ReportError", "html", "report", "word"]
