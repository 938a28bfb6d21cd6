"""One module per question: study(case, options, context) -> Result."""
