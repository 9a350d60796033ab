"""The one authentication backend: who somebody is, and everything they may, in two queries."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.db.models import Model

from .second_factors import with_second_factor


class StaffBackend(AuthenticationBackend):
    """A page of the newsroom asks for little more than a person's rights, so these come cheaply.

    Django's own backend asks once for a person's own permissions and once for those of the
    groups; and whether somebody has a second factor would be asked with each page.
    """

    def get_user(self, user_id: int) -> User | None:
        user = with_second_factor(User.objects.all()).filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None

    def get_all_permissions(
        self, user_obj: AbstractBaseUser | AnonymousUser, obj: Model | None = None
    ) -> set[str]:
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        person: Any = user_obj
        if not hasattr(person, "_perm_cache"):
            names = "content_type__app_label", "codename"
            own = self._get_user_permissions(person).order_by().values_list(*names)
            of_groups = self._get_group_permissions(person).order_by().values_list(*names)
            person._perm_cache = {f"{app}.{name}" for app, name in own.union(of_groups)}
        return person._perm_cache
