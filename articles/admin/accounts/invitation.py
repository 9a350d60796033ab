"""Invitations to work in the newsroom."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import ManyToManyField, QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.timesince import timeuntil
from django.views.decorators.http import require_POST

from articles import policy
from articles.accounts.forms import InvitationForm
from articles.admin.base import NewsroomAdmin
from articles.admin.views import check_permission
from articles.models import Invitation


@admin.register(Invitation)
class InvitationAdmin(NewsroomAdmin):
    """Typed once, mailed as often as needed, taken back by deleting it."""

    form = InvitationForm
    fields = ["email", "first_name", "last_name", "groups"]
    list_display = ["email", "name", "roles", "invited_by", "sent_at", "validity"]
    list_select_related = ["invited_by"]
    change_form_template = "admin/articles/invitation/form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display
    def name(self, obj: Invitation) -> str:
        return f"{obj.first_name} {obj.last_name}".strip()

    @admin.display(description="groups")
    def roles(self, obj: Invitation) -> str:
        return ", ".join(group.name for group in obj.groups.all())

    @admin.display(description="valid")
    def validity(self, obj: Invitation) -> str:
        if obj.has_expired:
            return "expired; send it again"
        return f"for {timeuntil(obj.expires_at, timezone.now(), depth=1)}"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"title": "Open invitations"})

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> Any:
        kwargs["queryset"] = policy.groups_to_hand_out(request.user)
        kwargs["widget"] = CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["may_send"] = policy.may(request.user, "change", Invitation)
        return super().render_change_form(request, context, *args, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An invitation was mailed and cannot be changed: delete it and write a new one."""
        return False

    def save_model(self, request: HttpRequest, obj: Invitation, *args: Any) -> None:
        obj.invited_by_id = request.user.pk
        super().save_model(request, obj, *args)

    def response_add(
        self, request: HttpRequest, obj: Invitation, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self.mail(request, obj)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.send_again))
        own = path("<int:pk>/send/", view, name="send_invitation")
        return [own, *super().get_urls()]

    def send_again(self, request: HttpRequest, pk: int) -> HttpResponse:
        invitation = get_object_or_404(Invitation, pk=pk)
        check_permission(policy.may(request.user, "change", Invitation, invitation))
        self.log_change(request, invitation, "Sent again.")
        return self.mail(request, invitation)

    def mail(self, request: HttpRequest, invitation: Invitation) -> HttpResponseRedirect:
        try:
            invitation.send()
        except OSError:
            messages.error(
                request,
                f"The invitation stands, but the mail to {invitation.email} could not be sent. "
                "Please send it again later.",
            )
        else:
            messages.success(
                request, f"A mail is on its way to {invitation.email}; its link is good for a week."
            )
        return redirect("admin:articles_invitation_changelist")
