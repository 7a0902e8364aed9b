"""What asks addresses with the session's cookies: the browser context's own client, or one that stands in."""

from typing import Protocol


class ClientAnswer(Protocol):
    """One answer."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def headers(self) -> dict[str, str]:
        """Its headers, their names in small letters."""

    @property
    def url(self) -> str:
        """Where it came from, after redirects."""

    def body(self) -> bytes:
        """The bytes as the server sent them."""


class SessionClient(Protocol):
    """Asks one address; Playwright's APIRequestContext is one."""

    def fetch(
        self,
        address: str,
        /,
        *,
        method: str,
        headers: dict[str, str],
        timeout: float,
        data: str | None = None,
        params: dict[str, str | float | bool] | None = None,
    ) -> ClientAnswer:
        """The answer; Playwright's Error when none comes."""
