"""Accounts of those who work here."""

from typing import Any

from allauth.account import admin as allauth_admin
from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.mfa import admin as factor_admin
from django.contrib import admin, messages
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.models import Group, User
from django.db import models
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path

from articles import policy
from articles.accounts.second_factors import (
    has_second_factor,
    remove_second_factor,
    with_second_factor,
)
from articles.admin.base import NewsroomAdmin
from articles.admin.views import check_permission, render_page
from articles.models import Invitation

admin.site.unregister(User)
# What a group may do stands in the policy, and nowhere else.
admin.site.unregister(Group)
# allauth's own lists: they know nothing of the policy, and show the secrets of factors.
admin.site.unregister([allauth_admin.EmailAddress, factor_admin.Authenticator])


@admin.register(User)
class UserAdmin(NewsroomAdmin, auth_admin.UserAdmin):
    """Accounts and their groups. Whoever may not do everything cannot hand that out either."""

    list_display = ["username", "first_name", "last_name", "email", "roles", "factor", "is_active"]
    list_filter = ["is_active", "groups"]
    fieldsets = [
        (None, {"fields": ["username", "password", "factor"]}),
        ("Person", {"fields": ["first_name", "last_name", "email"]}),
        ("May", {"fields": ["is_active", "is_staff", "groups", "is_superuser"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "usable_password", "password1", "password2"]}),
    ]
    formfield_overrides = {models.ManyToManyField: {"widget": CheckboxSelectMultiple}}
    filter_horizontal = []
    readonly_fields = ["factor"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return with_second_factor(super().get_queryset(request)).prefetch_related("groups")

    @admin.display(description="groups")
    def roles(self, obj: User) -> str:
        return ", ".join(group.name for group in obj.groups.all())

    @admin.display(description="second factor", boolean=True)
    def factor(self, obj: User) -> bool:
        return has_second_factor(obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["factor"] if request.user.is_superuser else ["factor", "is_superuser"]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may_invite = policy.may(request.user, "add", Invitation)
        return super().changelist_view(request, {"title": "Users", "may_invite": may_invite})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.remove_factor)
        own = path("<int:pk>/second-factor/remove/", view, name="remove_second_factor")
        return [own, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        person = context.get("original")
        context["can_remove_factor"] = (
            person is not None
            and has_second_factor(person)
            and policy.may_remove_second_factor(request.user, person)
        )
        return super().render_change_form(request, context, *args, **kwargs)

    def remove_factor(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take a lost second factor off a colleague's account, after proof of who does it."""
        person = get_object_or_404(self.get_queryset(request), pk=pk)
        check_permission(policy.may_remove_second_factor(request.user, person))
        return confirm_removal(request, self, person)


@reauthentication_required(app="allauth.mfa")
def confirm_removal(request: HttpRequest, model_admin: UserAdmin, person: User) -> HttpResponse:
    """Ask, then remove the factor: it is logged, and the person is told by mail."""
    if request.method == "POST":
        remove_second_factor(person)
        model_admin.log_change(request, person, "Removed the second factor.")
        get_adapter().send_notification_mail(
            "account/email/factor_removed", person, {"person": person, "chief": request.user}
        )
        messages.success(request, f"{person} logs in with the password alone from now on.")
        return redirect("admin:auth_user_change", person.pk)
    context = {"title": "Remove the second factor", "person": person}
    return render_page(request, User, "remove_factor.html", context)
