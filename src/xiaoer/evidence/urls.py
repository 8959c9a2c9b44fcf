"""Addresses of photos."""

from django.urls import path

from xiaoer.evidence import pages

urlpatterns = [path("<int:photo_id>/", pages.photo, name="photo")]
