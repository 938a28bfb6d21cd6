"""The report of stored runs: python kidorui_report.py STORE RUN..."""

from __future__ import annotations

import sys

from phases import Phases

phases = Phases()

from kidorui.language import language  # noqa: E402
from kidorui.report import html, report, word  # noqa: E402
from kidorui.runs import Store  # noqa: E402

phases.end("import")
store = Store(sys.argv[1])
runs = [store.open(name) for name in sys.argv[2:]]
made = report(runs, language("en"))
pictures = [picture for section in made.sections for picture in section.pictures]
phases.end("compose")
page = html(made)
phases.end("page")
document = word(made)
phases.end("word")
phases.report(pictures=len(pictures), page=len(page.encode()), word=len(document))
