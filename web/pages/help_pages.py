"""`/aide`: the guide of one's role, at the section of the screen one comes from."""

from starlette.responses import Response

from web.guides import OF_KIND, SECTIONS, TITLES, read_guide
from web.visit import Visit
from workflow.errors import UnknownReference
from workflow.functions import BESIDE


def show(visit: Visit) -> Response:
    """Lead to the right guide; without a role, or without a screen to come from, list them all."""
    screen = visit.asked("de")
    name = _of_role(visit)
    if visit.asked("tous") or not name:
        return visit.page("aide.html", guides=TITLES)
    found = read_guide(visit.services.guides, name)
    section = SECTIONS.get(screen, "")
    anchor = f"#{section}" if found and section in found.sections else ""
    return visit.to(f"/aide/{name}{anchor}")


def guide(visit: Visit) -> Response:
    """Show one guide."""
    name = visit.request.path_params["guide"]
    found = read_guide(visit.services.guides, name)
    if found is None:
        raise UnknownReference("Ce guide n’existe pas.")
    return visit.page("guide.html", guide=found, nom=name, guides=TITLES)


def _of_role(visit: Visit) -> str:
    if visit.session is None or visit.person is None:
        return ""
    with visit.services.store.reading() as work:
        directory = work.staff.directory()
    roles = [(directory[o].kind, f) for o, f in sorted(visit.person.functions) if o in directory]
    if not roles:
        return "exploitation" if visit.administers else ""
    writes = all(kind == "antenne" and function in BESIDE["antenne"] for kind, function in roles)
    return "redacteur" if writes else next((OF_KIND[kind] for kind, _ in roles if kind in OF_KIND), "")
