"""The application: every request goes through the same door, then to the page its route names."""

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from web.admission import Turned, admit
from web.guard import TOO_LARGE, UNSAFE, BodyTooLarge, Cookies, Guard, comes_from_us
from web.ports.services import Services
from web.routes import DEMO, ROUTES, Route
from web.visit import Visit, readable
from workflow.errors import Infrastructure, Refusal, UnknownReference

MOST_FIELDS = 400
log = logging.getLogger(__name__)


def make_app(services: Services) -> FastAPI:
    """Tie the routes, the guard and the error pages together."""
    app = FastAPI(title="ORP", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    for route in (*ROUTES, *(DEMO if services.demo else ())):
        app.router.add_route(route.path, _endpoint(services, route), methods=[route.method])
    for error in (HTTPException, Refusal, Infrastructure, BodyTooLarge, Exception):
        app.add_exception_handler(error, _told(services))
    app.add_middleware(Guard, public_url=services.public_url)
    return app


def _endpoint(services: Services, route: Route) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        visit = _visit(services, request)
        if request.method in UNSAFE:
            form = await request.form(max_files=0, max_fields=MOST_FIELDS)
            visit = _visit(services, request, form)
            if not comes_from_us(request.headers, services.public_url, visit.secret, visit.typed("jeton")):
                raise HTTPException(HTTPStatus.FORBIDDEN)
        response = await run_in_threadpool(_answer, visit, route)
        if services.demo and request.method in UNSAFE:  # its clock stands still: no worker beats beside it
            await run_in_threadpool(services.demo.settle)
        return response

    return endpoint


def _answer(visit: Visit, route: Route) -> Response:
    admitted = admit(visit, route)
    return visit.to(admitted.where) if isinstance(admitted, Turned) else route.view(admitted)


def _visit(services: Services, request: Request, form: FormData | None = None) -> Visit:
    secret = Cookies(services.public_url).read(request)
    typed = {name: [readable(v) for v in form.getlist(name) if isinstance(v, str)] for name in form} if form else {}
    return Visit(request, services, services.clock.now(), secret, typed)


SAID = {
    400: "Cette demande n’a pas pu être lue. Rien n’a été enregistré : revenez à la page, puis recommencez.",
    403: "Ce formulaire ne vient pas de cette page, ou elle est ouverte depuis trop longtemps. Rien n’a été "
    "enregistré : revenez à la page, rechargez-la, puis recommencez.",
    404: "Cette page n’existe pas, ou elle ne vous est pas ouverte. Vérifiez l’adresse, ou passez par l’accueil.",
    405: "Cette page ne reçoit pas ce genre de demande. Rien n’a été enregistré : passez par l’accueil.",
    500: "Une erreur du logiciel empêche de répondre. Rien n’a été enregistré. Réessayez dans un instant ; si cela "
    "dure, prévenez qui exploite le service.",
    503: "La base de données ne répond pas. Rien n’a été enregistré. Réessayez dans un instant.",
}
"""What happened, what was kept, what to do."""


def _told(services: Services) -> Callable[[Request, Exception], Response]:
    def told(request: Request, error: Exception) -> Response:
        if isinstance(error, BodyTooLarge):
            return TOO_LARGE
        status = _status(error)
        if status >= 500:  # the class only: the text may quote a row
            log.error("Erreur %s sur une page : %s", status, type(error).__name__)
        said = str(error) if status == 409 else SAID.get(status, SAID[400])
        return _visit(services, request).page("erreur.html", status, message=said, code=status)

    return told


def _status(error: Exception) -> int:
    if isinstance(error, HTTPException):
        return error.status_code
    if isinstance(error, UnknownReference):
        return 404
    return 409 if isinstance(error, Refusal) else 503 if isinstance(error, Infrastructure) else 500
