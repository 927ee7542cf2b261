"""The portal that runs: its templates, its log and what its process keeps, for rules that know nothing of requests."""

from logging import Logger
from typing import Any

from flask import current_app, render_template

from app.kit import language


def fill(template: str, **words: Any) -> str:
    """The template with these words in Thai, for a document or a message; pages render theirs themselves."""
    with language.in_thai():
        return render_template(template, **words)


def log() -> Logger:
    """Where the operator reads what went wrong and was put right."""
    return current_app.logger


def kept() -> dict[str, Any]:
    """What this process keeps as long as it runs, by name; another process keeps its own."""
    return current_app.extensions
