from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("articles.accounts.urls")),
    path("newsletter/", include("newsletter.urls")),
    path("", include("articles.urls")),
]

handler400 = "magazine.errors.not_understood"
handler403 = "magazine.errors.forbidden"
handler404 = "magazine.errors.not_found"
handler500 = "magazine.errors.failed"
