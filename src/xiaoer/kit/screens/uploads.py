"""How wide the door for sent files is: a body larger than that is turned away before it is read."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class NarrowDoor(FileUploadHandler):
    """Refuses a whole body by its stated length; the handlers after it read what is let in."""

    def handle_raw_input(
        self,
        input_data: Any,  # noqa: ARG002
        META: dict[str, Any],  # noqa: ARG002, N803
        content_length: int,
        boundary: str,  # noqa: ARG002
        encoding: str | None = None,  # noqa: ARG002
    ) -> None:
        """Raises RequestDataTooBig for a body wider than FILE_UPLOAD_MAX_MEMORY_SIZE."""
        if content_length > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            message = f"{content_length} bytes sent, at most {settings.FILE_UPLOAD_MAX_MEMORY_SIZE}"
            raise RequestDataTooBig(message)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002
        """Nothing is kept here."""
        return raw_data

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002
        """The next handler has the file."""
        return
