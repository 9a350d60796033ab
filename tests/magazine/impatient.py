"""The gateway with less patience than it has, so that a test need not wait for its end."""

from magazine.gateway import bodies
from magazine.gateway.application import application

bodies.PATIENCE = 1.0

__all__ = ["application"]
