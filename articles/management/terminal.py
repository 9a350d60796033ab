"""Where the commands write: lines, and on a terminal a progress bar below them."""

from typing import IO, cast

from django.core.management.base import OutputWrapper
from rich.console import Console
from rich.progress import Progress


def console_on(stream: OutputWrapper) -> Console:
    """Return a console that prints text as it is, whatever brackets it holds, and breaks no
    line."""
    file = cast(IO[str], stream._out)
    return Console(file=file, highlight=False, markup=False, soft_wrap=True)


def progress_on(console: Console) -> Progress:
    """Show a progress bar on a terminal; nothing if the output goes to a file."""
    return Progress(console=console, disable=not console.is_terminal, transient=True)
