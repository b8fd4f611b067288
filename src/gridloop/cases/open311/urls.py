"""Addresses below /open311/v2; the ending chooses the format."""

from __future__ import annotations

from django.urls import re_path

from gridloop.cases.open311 import views

FORM = r"\.(?P<form>json|xml)/?$"

urlpatterns = [
    re_path(r"^discovery" + FORM, views.discovery),
    re_path(r"^services" + FORM, views.services),
    re_path(r"^services/(?P<code>[^/]{1,60})" + FORM, views.service),
    re_path(r"^requests" + FORM, views.requests),
    re_path(r"^requests/(?P<number>[^/]{1,60})" + FORM, views.request_by_id),
    re_path(r"^tokens/(?P<token>[^/]{1,100})" + FORM, views.token),
    re_path(r"^servicerequestupdates" + FORM, views.updates),
    re_path(r"^(?P<rest>.*)" + FORM, views.nothing),
]
