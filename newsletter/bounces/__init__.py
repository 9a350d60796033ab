"""Mail that comes back, and readers who complain: told by a mailbox or by a provider.

Whatever is told is stored before it is acknowledged (`MailEvent.objects.receive`), and applied
afterwards, at once or by a worker.
"""
