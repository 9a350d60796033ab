"""By what the library of pictures is narrowed down."""

from abc import ABC, abstractmethod
from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest

from articles.models.images import LICENCE_WARNING, ImageQuerySet
from articles.models.waiting import waiting_pictures


class LicenceFilter(admin.SimpleListFilter):
    title = "licence"
    parameter_name = "licence"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("soon", f"Ends within {LICENCE_WARNING} days"),
            ("expired", "Has ended"),
            ("open", "Without an end"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        images = cast(ImageQuerySet, queryset)
        match self.value():
            case "soon":
                return images.licence_ending()
            case "expired":
                return images.licence_ended()
            case "open":
                return images.filter(licence_expires__isnull=True)
        return images


class YesFilter(ABC, admin.SimpleListFilter):
    """A filter that is either on or off."""

    words: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", self.words)]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        images = cast(ImageQuerySet, queryset)
        return self.narrowed(images, request) if self.value() == "yes" else images

    @abstractmethod
    def narrowed(self, images: ImageQuerySet, request: HttpRequest) -> ImageQuerySet:
        """Those that the filter leaves."""


class WordlessFilter(YesFilter):
    title, parameter_name, words = "words", "wordless", "Without alternative text"

    def narrowed(self, images: ImageQuerySet, request: HttpRequest) -> ImageQuerySet:
        return images.without_alt()


class UnusedFilter(YesFilter):
    title, parameter_name, words = "use", "unused", "Unused"

    def narrowed(self, images: ImageQuerySet, request: HttpRequest) -> ImageQuerySet:
        return images.unused().exclude(pk__in=waiting_pictures())


class MineFilter(YesFilter):
    title, parameter_name, words = "uploaded by", "mine", "Me"

    def narrowed(self, images: ImageQuerySet, request: HttpRequest) -> ImageQuerySet:
        return images.filter(uploaded_by=cast(User, request.user))
