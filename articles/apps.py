from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.db.models.signals import post_migrate


class ArticlesConfig(AppConfig):
    name = "articles"
    default_auto_field = "django.db.models.BigAutoField"
    # The models of which no reader's page shows anything; a write to any other makes pages anew.
    private_models = (
        *("ContentStamp", "ImageUse", "Invitation", "LinkFinding", "LinkPlace"),
        *("Invitation_groups", "Note", "OpenForm", "PreviewLink", "Revision"),
    )

    def ready(self) -> None:
        from . import policy
        from .content_stamp import triggers
        from .database import word_index

        post_migrate.connect(policy.install_groups, sender=self)
        post_migrate.connect(triggers.install_triggers, sender=self)
        post_migrate.connect(word_index.install, sender=self)


class NewsroomConfig(admin.AdminConfig):
    """Django's admin, with the newsroom as its site."""

    default = False
    default_site = "articles.admin.site.Newsroom"

    def ready(self) -> None:
        # Before any other app asks for the site: Django makes it by importing this package, whose
        # modules register with the site, and would make a second one on the way.
        import articles.admin  # noqa: F401

        super().ready()
