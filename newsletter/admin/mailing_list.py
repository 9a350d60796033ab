from django.contrib import admin

from articles.admin.base import NewsroomAdmin
from newsletter.models import MailingList


@admin.register(MailingList)
class MailingListAdmin(NewsroomAdmin):
    list_display = ["name", "blurb", "position", "is_offered"]
    prepopulated_fields = {"slug": ["name"]}
