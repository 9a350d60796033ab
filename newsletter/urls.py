from django.urls import path, register_converter

from .bounces import webhook
from .views import archive, confirming, leaving, preferences, signing
from .views.private_page import KeyConverter

register_converter(KeyConverter, "key")

urlpatterns = [
    path("", archive.issues, name="issues"),
    path("feed.xml", archive.issues_feed, name="issues_feed"),
    path("issues/<slug:slug>/", archive.issue, name="issue"),
    path("subscribe/", signing.subscribe, name="subscribe"),
    path("subscribed/", signing.subscribed, name="subscribed"),
    path("confirm/<key:token>", confirming.confirm, name="confirm"),
    path("refuse/<key:token>", confirming.refuse, name="refuse"),
    path("move/<key:token>", confirming.move, name="move"),
    path("leave/<key:key>", leaving.leave, name="leave"),
    path("preferences/<key:key>", preferences.preferences, name="preferences"),
    path("data/<key:key>", preferences.preferences_data, name="preferences_data"),
    path("erase/<key:key>", preferences.erase, name="erase"),
    *webhook.urls(),
]
