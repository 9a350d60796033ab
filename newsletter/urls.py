from django.urls import path

from .views import archive, example, signing

urlpatterns = [
    path("", archive.issues, name="issues"),
    path("feed.xml", archive.issues_feed, name="issues_feed"),
    path("issues/<slug:slug>/", archive.issue, name="issue"),
    path("example/", example.example, name="example"),
    path("subscribe/", signing.subscribe, name="subscribe"),
    path("subscribed/", signing.subscribed, name="subscribed"),
]
