"""Mail that comes back, and readers who complain: told by a mailbox or by a provider.

Whatever is told is stored before it is acknowledged (`Notice.objects.receive`), and applied
afterwards, at once or by a worker.
"""

from .applying import apply_notices

__all__ = ["apply_notices"]
