"""The body of a request, which may be as long however it comes."""

from __future__ import annotations

from io import BytesIO
from typing import IO

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.utils import cached_property
from werkzeug.wsgi import LimitedStream

from web import MAX_BODY


class WholeBody(Request):
    """A request whose body is refused where it is too long, also one in chunks, which werkzeug would cut off there."""

    @cached_property
    def stream(self) -> IO[bytes]:
        """The body. Raises RequestEntityTooLarge, each time it is asked for."""
        if self.content_length is not None or "wsgi.input_terminated" not in self.environ:
            return super().stream
        if len(self._in_chunks) > MAX_BODY:
            raise RequestEntityTooLarge
        return BytesIO(self._in_chunks)

    @cached_property
    def _in_chunks(self) -> bytes:
        """What comes without a stated length: one byte more than is allowed at most."""
        return LimitedStream(self.environ["wsgi.input"], MAX_BODY + 1, is_max=True).readall()
