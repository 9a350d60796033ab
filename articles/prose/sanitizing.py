"""The door: whatever was typed becomes stored prose."""

from functools import lru_cache

from .blocks import built
from .escaping import in_text
from .policy import GUARD
from .tokens import writable

# Clean text needs one round, any other text two; more would be a fault, and must still end.
ROUNDS = 4


# One save asks several times for the same text, and so does every reader of an article.
@lru_cache(maxsize=64)
def sanitize(html: str) -> str:
    """Prose that may be stored and shown: a fixpoint of the builder and of the guard.

    Text that will not come to rest is refused its markup, not its words.
    """
    text = html
    for _ in range(ROUNDS):
        before, text = text, GUARD.clean(built(text))
        if text == before:
            return text
    words = in_text(writable(html)).strip()
    return f"<p>{words}</p>" if words else ""
