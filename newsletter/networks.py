"""Where a visitor comes from, as far as it may be kept."""

from ipaddress import IPv4Address, ip_address, ip_network

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def shortened(request: HttpRequest) -> str:
    """The network of a visitor, never the machine: the first 24 bits of an IPv4 address, the first
    48 of an IPv6 one; empty where it cannot be told."""
    try:
        machine = ip_address(get_adapter(request).get_client_ip(request).partition("%")[0])
    except (ValueError, PermissionDenied):
        return ""
    inner = getattr(machine, "ipv4_mapped", None) or machine
    return str(ip_network(f"{inner}/{24 if isinstance(inner, IPv4Address) else 48}", strict=False))
