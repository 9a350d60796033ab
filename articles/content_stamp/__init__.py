"""When readers' pages are out of date: `triggers` say so of each write, `moments` of what changes
without one. The counter itself is `ContentStamp`, in `articles/models/publication.py`."""
