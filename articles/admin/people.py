"""Accounts of those who work here."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.models import Group, User
from django.db import models
from django.db.models import Model
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest

from articles import policy

admin.site.unregister(User)
# What a group may do stands in the policy, and nowhere else.
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(auth_admin.UserAdmin):
    """Accounts and their groups. Whoever may not do everything cannot hand that out either."""

    list_display = ["username", "first_name", "last_name", "email", "roles", "is_active"]
    list_filter = ["is_active", "groups"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Person", {"fields": ["first_name", "last_name", "email"]}),
        ("May", {"fields": ["is_active", "is_staff", "groups", "is_superuser"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "usable_password", "password1", "password2"]}),
    ]
    formfield_overrides = {models.ManyToManyField: {"widget": CheckboxSelectMultiple}}
    filter_horizontal = []

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description="groups")
    def roles(self, obj: User) -> str:
        return ", ".join(group.name for group in obj.groups.all())

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if request.user.is_superuser else ["is_superuser"]

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return policy.may(request.user, "view", User, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return policy.may(request.user, "add", User)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return policy.may(request.user, "change", User, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return policy.may(request.user, "delete", User, obj)
