from django.urls import path

from .views import signing

urlpatterns = [
    path("subscribe/", signing.subscribe, name="subscribe"),
    path("subscribed/", signing.subscribed, name="subscribed"),
]
