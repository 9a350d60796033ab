from django.urls import path

from .views import article, front, listing

urlpatterns = [
    path("", front.front, name="front"),
    path("section/<slug:slug>/", listing.section, name="section"),
    path("format/<slug:slug>/", listing.format, name="format"),
    path("series/<slug:slug>/", listing.series, name="series"),
    path("author/<slug:slug>/", listing.author, name="author"),
    path("tag/<str:slug>/", listing.tag, name="tag"),
    path("<slug:slug>/", article.article, name="article"),
    path("<slug:slug>/rest/", article.rest, name="rest"),
]
