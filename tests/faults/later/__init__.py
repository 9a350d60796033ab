"""Migrations of a later release, for the drill: they stand behind those of the articles."""

from pathlib import Path

import articles.migrations

__path__ = [*articles.migrations.__path__, str(Path(__file__).parent)]
