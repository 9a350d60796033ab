from django.urls import path

from .bounces import webhook
from .views import signing

urlpatterns = [
    path("subscribe/", signing.subscribe, name="subscribe"),
    path("subscribed/", signing.subscribed, name="subscribed"),
    *webhook.urls(),
]
