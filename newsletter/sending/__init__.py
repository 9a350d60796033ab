"""Sending: one person, one issue, at most one mail, whatever breaks.

A worker is one process. Its main thread alone talks to the database; its other threads alone talk
to the mail server, one mail at a time each. Before a mail goes out, its row says so (`sending`),
for good, on disk. So a crash leaves at most one row for each thread of which nobody knows whether
the mail arrived; such a row becomes `unknown`, and only a person sends it again.

    worker      the process: claims rows, hands them to threads, records what came of them
    deliveries  rows change hands, by comparing and swapping state and lease, and are recorded
    issues      prepared with a row for each recipient, paused when too many fail, finished
    smtp        one mail to the mail server, and what came back
    replies     the meaning of a reply, and of none
    rates       how much may be sent
"""
