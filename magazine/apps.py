from django.apps import AppConfig


class MagazineConfig(AppConfig):
    """The project itself: it composes the other apps and has commands, but no models."""

    name = "magazine"

    def ready(self) -> None:
        from . import checks  # noqa: F401
