"""The asynchronous gateway between granian and Django.

It speaks RSGI (granian's own interface). Nothing of a client that is slow reaches a thread: a body
is collected on the event loop, and an answer is sent from it.
"""
