"""The top of the house, where rooms are put together."""

from django.apps import AppConfig


class App(AppConfig):
    """Wires facts to whoever wants to hear them, once the models are there."""

    name = "xiaoer.app"
    label = "app"

    def ready(self) -> None:
        """Runs once per process."""
        from xiaoer.app.wiring import wire

        wire()
