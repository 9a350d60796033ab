"""The filters of the image library."""

from django.http import HttpRequest

from articles.admin.base import ChoiceFilter
from articles.models import Article
from articles.models.images import LICENCE_WARNING, ImageQuerySet


class LicenceFilter(ChoiceFilter):
    title = parameter_name = "licence"
    options = {
        "soon": (f"Ends within {LICENCE_WARNING} days", lambda images, _: images.licence_ending()),
        "expired": ("Has ended", lambda images, _: images.licence_ended()),
        "open": ("Without an end", lambda images, _: images.filter(licence_expires__isnull=True)),
    }


class WordlessFilter(ChoiceFilter):
    title, parameter_name = "words", "wordless"
    options = {"yes": ("Without alternative text", lambda images, _: images.without_alt())}


def unused(images: ImageQuerySet, request: HttpRequest) -> ImageQuerySet:
    used = {key for _, text in Article.objects.unpublished_texts() for key in text.image_keys}
    return images.unused().exclude(pk__in=used)


class UnusedFilter(ChoiceFilter):
    title, parameter_name = "use", "unused"
    options = {"yes": ("Unused", unused)}


class UploadedByMeFilter(ChoiceFilter):
    title, parameter_name = "uploaded by", "mine"
    options = {"yes": ("Me", lambda images, request: images.filter(uploaded_by=request.user.pk))}
