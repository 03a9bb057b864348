"""The one HTTP client: databases and their neighbours are asked here, and any status is an answer.

No proxy, no repetition and no redirection on its own account: whether to ask again is the caller's decision.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from sodien import tls
from sodien.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Bytes of an answer that are read; what databases say about a write or a setting is far shorter.
LARGEST_B = 65_536


class NoAnswerError(Exception):
    """Nobody answered; the text says why in a few words."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; the names in ``headers`` may be written in any case."""

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def good(self) -> bool:
        """Whether the status is one of success, 200 to 299."""
        return 200 <= self.status < 300


class HttpClient:
    """Asks one server; connections are kept between questions.

    Args:
        url: of the server, e.g. ``http://localhost:8086``.
        user, password: sent as Basic authorization; an empty user sends none.
        token: sent as ``Authorization: Token`` where there is no user.
        timeout_s: seconds to wait for a connection, and for an answer.
    """

    def __init__(
        self, url: str, *, user: str = "", password: str = "", token: str = "", timeout_s: float = 10.0
    ) -> None:
        import urllib3  # here, because it costs what most commands never use

        self._errors = urllib3.exceptions.HTTPError
        self._url = url.rstrip("/")
        self._headers = {"Content-Type": "text/plain; charset=utf-8"}
        if user:
            pair = base64.b64encode(f"{user}:{password}".encode()).decode()
            self._headers["Authorization"] = f"Basic {pair}"
        elif token:
            self._headers["Authorization"] = f"Token {token}"
        self._pool = urllib3.PoolManager(retries=False, timeout=timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()

    def ask(self, method: str, path: str, body: bytes | None = None) -> Answer:
        """The answer to one question, whatever its status. Raises NoAnswerError without one."""
        try:
            reply = self._pool.request(
                method,
                f"{self._url}{path}",
                body=body,
                headers=self._headers,
                redirect=False,
                preload_content=False,
            )
            data = reply.read(LARGEST_B + 1)
            if len(data) > LARGEST_B:
                reply.close()  # with its connection: the rest would be taken for the next answer
            reply.release_conn()
        except (self._errors, OSError, ValueError) as error:
            raise NoAnswerError(reason_of(error)) from error
        return Answer(reply.status, data[:LARGEST_B].decode("utf-8", "replace"), reply.headers)


def reason_of(error: BaseException) -> str:
    """Why there was no answer: TLS by its fault, the system's words where it has some, else the client's."""
    if (found := tls.fault(error)) is not None:
        words: dict[tls.Fault, str] = {
            "expired": tr("its certificate has expired, or the clock here is wrong"),
            "early": tr("its certificate is not valid yet, or the clock here is wrong"),
            "name": tr("its certificate is for another name than the one in the address"),
            "authority": tr("its certificate was issued by an authority that is not known here"),
            "form": tr(
                "a certificate lacks a field that this Python requires; make it and its authority's again"
            ),
            "no_tls": tr("it does not speak TLS at this port: http:// instead of https://"),
        }
        return words[found]
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        cause = cause.__cause__ or cause.__context__
    told = next((arg for arg in reversed(error.args) if isinstance(arg, str)), "")
    return re.sub(r"\AHTTPS?Connection\w*\([^)]*\): ", "", told) or type(error).__name__
