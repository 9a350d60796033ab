"""Faults, injected for real on this machine, and what readers and editors see of them.

    .venv/bin/python -m tests.faults [--short] [FAULT ...]

A module is a subject; each function in it that is marked `@fault` injects one and says what was
seen, what the limit was and whether it held.
"""
