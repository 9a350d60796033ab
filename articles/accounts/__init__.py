"""Accounts of those who work here: logging in, second factors, invitations.

django-allauth does the work. Here stands what it is told, and `urls.py` says which of its pages
can be reached: there is no signing up.
"""
