from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.db.models.signals import post_migrate


class ArticlesConfig(AppConfig):
    name = "articles"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import policy

        post_migrate.connect(policy.install_groups, sender=self)


class NewsroomConfig(admin.AdminConfig):
    """Django's admin, with the newsroom as its site."""

    default = False
    default_site = "articles.newsroom.Newsroom"
