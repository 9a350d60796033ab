from allauth.mfa.utils import encrypt
from django.db import migrations

SECRETS = {"totp": "secret", "recovery_codes": "seed"}


def encrypt_factors(apps, schema_editor):
    """Encrypt the secrets of the factors that were set up before; codes and apps stay good."""
    Authenticator = apps.get_model("mfa", "Authenticator")
    for factor in Authenticator.objects.filter(type__in=SECRETS):
        name = SECRETS[factor.type]
        if name in factor.data:
            factor.data[name] = encrypt(factor.data[name])
        elif codes := factor.data.get("migrated_codes"):
            factor.data["migrated_codes"] = [encrypt(code) for code in codes]
        factor.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0003_slug_may_be_made"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(encrypt_factors, migrations.RunPython.noop)]
