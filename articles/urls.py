from django.urls import path, re_path

from .views import article, front, listing, preview

urlpatterns = [
    path("", front.front, name="front"),
    path("section/<slug:slug>/", listing.section, name="section"),
    path("format/<slug:slug>/", listing.format, name="format"),
    path("series/<slug:slug>/", listing.series, name="series"),
    path("author/<slug:slug>/", listing.author, name="author"),
    # Tags are written in any script, and so are their slugs.
    re_path(r"^tag/(?P<slug>[-\w]+)/$", listing.tag, name="tag"),
    path("corrections/", listing.corrections, name="corrections"),
    path("preview/<slug:token>/", preview.preview, name="preview"),
    path("<slug:slug>/", article.article, name="article"),
    path("<slug:slug>/rest/", article.rest, name="rest"),
]
