from django.apps import AppConfig


class Screens(AppConfig):
    name = "xiaoer.kit.screens"
    label = "screens"
