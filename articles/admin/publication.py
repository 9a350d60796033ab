from django.contrib import admin

from articles.models import Publication

from .base import OneRowAdmin


@admin.register(Publication)
class PublicationAdmin(OneRowAdmin):
    fieldsets = [
        (None, {"fields": ["name", "tagline", "description", "language"]}),
        ("Around every page", {"fields": ["links", "donation_url", "footer_text"]}),
        ("Newsletter", {"fields": ["newsletter_blurb"]}),
        ("Rail and sharing", {"fields": ["quick_takes", "sharing_image"]}),
    ]
