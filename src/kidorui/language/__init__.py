"""The reader's language: messages, names, numbers and units."""

from kidorui.language.language import LANGUAGES, Language, language

__all__ = ["LANGUAGES", "Language", "language"]
