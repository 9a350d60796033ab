"""Where the migrations of the drill are put: behind the newest one of the articles."""

from pathlib import Path

import articles.migrations

FOLDER = Path(next(iter(articles.migrations.__path__)))
NEWEST = max(path.stem for path in FOLDER.glob("0*.py"))
