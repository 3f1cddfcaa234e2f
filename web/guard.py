"""What stands before every page: hosts, body size, headers; cookies and where a form comes from."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.secrets import digest, new_token, same

MOST_BYTES = 300_000
"""Of one request: the longest form holds far less."""
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # « no-referrer » would hide where our own forms come from
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class Guard:
    """Refuses a foreign host and a body too large, and puts the security headers on every answer."""

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self._app = app
        self._host = urlsplit(public_url).netloc.lower()
        self._secure = public_url.startswith("https://")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})["nonce"] = nonce = new_token()
        headers = Headers(scope=scope)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._protect(MutableHeaders(scope=message), nonce)
            await send(message)

        if headers.get("host", "").lower() != self._host:
            await Response("Adresse inconnue.", 400, media_type="text/plain; charset=utf-8")(scope, receive, guarded)
        elif int(_number(headers.get("content-length"))) > MOST_BYTES:
            await TOO_LARGE(scope, receive, guarded)
        else:
            await self._app(scope, _limited(receive), guarded)

    def _protect(self, headers: MutableHeaders, nonce: str) -> None:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce))
        if self._secure:
            headers["Strict-Transport-Security"] = "max-age=31536000"


TOO_LARGE = Response("Cet envoi est trop volumineux.", 413, media_type="text/plain; charset=utf-8")


class BodyTooLarge(Exception):
    """More bytes came than were announced."""


def _limited(receive: Receive) -> Receive:
    total = 0

    async def counted() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > MOST_BYTES:
            raise BodyTooLarge
        return message

    return counted


def _number(text: str | None) -> str:
    return text if text and re.fullmatch(r"[0-9]{1,12}", text) else "0"


class Cookies:
    """The one cookie of a browser: random, and never readable by a script."""

    def __init__(self, public_url: str) -> None:
        self._secure = public_url.startswith("https://")
        self.name = "__Host-orp" if self._secure else "orp"

    def read(self, request: Request) -> str:
        """Return what the browser holds, or a new secret it will be given."""
        held = request.cookies.get(self.name, "")
        return held if re.fullmatch(r"[A-Za-z0-9_-]{43}", held) else new_token()

    def give(self, response: Response, secret: str) -> None:
        """Let the browser hold a secret until it is closed."""
        response.set_cookie(self.name, secret, httponly=True, secure=self._secure, samesite="lax", path="/")


def form_token(secret: str) -> str:
    """Return what every form of this browser carries: nobody else can know it."""
    return digest("formulaire", secret)


def comes_from_us(headers: Mapping[str, str], public_url: str, secret: str, token: str) -> bool:
    """Say whether an unsafe request was sent by a page of ours: what the browser says of it, and the form's token."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    parts = urlsplit(public_url)
    ours = site == "same-origin" if site else origin == f"{parts.scheme}://{parts.netloc}"
    return ours and origin in (None, f"{parts.scheme}://{parts.netloc}") and same(token, form_token(secret))
