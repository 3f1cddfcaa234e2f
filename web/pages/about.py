"""Small pages that everybody may read."""

from starlette.responses import FileResponse, RedirectResponse, Response

from web.rendering import STATIC
from web.visit import Visit
from workflow.errors import UnknownReference

TYPES = {".css": "text/css", ".js": "text/javascript", ".txt": "text/plain"}


def home(visit: Visit) -> Response:
    """Send people where their work is."""
    return RedirectResponse("/a-traiter" if visit.session else "/entrer", 303)


def emergency(visit: Visit) -> Response:
    """Say where to turn: this is not an emergency channel."""
    return visit.page("urgence.html")


def file(visit: Visit) -> Response:
    """Send a file of the product; its address changes with its content."""
    name = visit.request.path_params["nom"]
    known = {path.name: path for path in STATIC.iterdir()}
    if name not in known:
        raise UnknownReference("Ce fichier n’existe pas.")
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    kind = TYPES[known[name].suffix]
    return FileResponse(known[name], headers=headers, media_type=f"{kind}; charset=utf-8")


def alive(visit: Visit) -> Response:
    """Say that the service answers and reads its database."""
    with visit.services.store.reading() as work:
        work.entry.has_administrator()
    return Response("ok", media_type="text/plain")
