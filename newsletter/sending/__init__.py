"""Sending: one person, one issue, at most one mail, whatever breaks.

A worker is one process. Its main thread alone talks to the database; its other threads alone talk
to the mail server, one mail at a time each. Before a mail goes out, its row says so (`sending`),
for good, on disk. So a crash leaves at most one row for each thread of which nobody knows whether
the mail arrived; such a row becomes `unknown`, and only a person sends it again.

    preparing   an issue whose time has come gets a row for each recipient
    claiming    rows change hands, by comparing and swapping state and lease
    transport   one mail to the mail server, and what came back
    verdicts    what an answer means
    recording   what became of a mail; an issue that fails too often; an issue that is done
    pace        how much may be sent
    loop        the worker
"""
