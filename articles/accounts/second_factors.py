"""Second factors: who has one, and taking away one that was lost."""

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.db.models import Exists, OuterRef, QuerySet

# Recovery codes come with these and are nothing without them.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def with_second_factor(people: QuerySet[User]) -> QuerySet[User]:
    """Annotate the people with `has_factor`, so that asking costs no further query."""
    factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS)
    return people.annotate(has_factor=Exists(factors))


def has_second_factor(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Tell whether a code or a passkey is asked of this person after the password."""
    known = getattr(user, "has_factor", None)
    if known is not None:
        return bool(known)
    return Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists()


def remove_second_factor(user: AbstractBaseUser) -> None:
    """Take away every factor and all recovery codes: the password alone opens the account again,
    until the person sets up a new one."""
    Authenticator.objects.filter(user_id=user.pk).delete()
