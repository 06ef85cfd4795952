"""The body of a request: whole, or refused, however it comes."""

from __future__ import annotations

from io import BytesIO
from typing import IO

from flask import Request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import BadRequest, ClientDisconnected, RequestEntityTooLarge
from werkzeug.utils import cached_property
from werkzeug.wsgi import LimitedStream

from web import MAX_BODY


class WholeBody(Request):
    """A request whose body is refused where it is too long or ends too early, which werkzeug would take for its end."""

    @cached_property
    def stream(self) -> IO[bytes]:
        """The body. Raises RequestEntityTooLarge, and BadRequest where it did not come whole, each time it is asked."""
        if "wsgi.input_terminated" not in self.environ:
            return super().stream
        stated = self.content_length
        if (stated or 0) > MAX_BODY or len(self._sent) > MAX_BODY:
            raise RequestEntityTooLarge
        if stated is not None and len(self._sent) < stated:
            raise BadRequest(f"The body ended after {len(self._sent):,} of the {stated:,} bytes that were stated.")
        return BytesIO(self._sent)

    @cached_property
    def _sent(self) -> bytes:
        """What came: one byte more than is allowed at most. Raises BadRequest where it cannot be read to its end."""
        try:
            return LimitedStream(self.environ["wsgi.input"], MAX_BODY + 1, is_max=True).readall()
        except (ParseException, ClientDisconnected):
            raise BadRequest("The body did not come whole, or in chunks that cannot be read.") from None
