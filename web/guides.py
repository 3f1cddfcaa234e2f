"""The guides of `docs/guides/` as pages, and which one helps whom on which screen."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from unicodedata import normalize

from markdown_it import MarkdownIt

from web.rendering import typography

TITLES = {
    "redacteur": "Rédiger une fiche, suivre une situation",
    "responsable-dac": "Responsable au DAC",
    "secretaire-de-gouvernance": "Secrétaire de gouvernance",
    "officier-ars": "À l’ARS et à l’équipe nationale",
    "exploitation": "Exploiter l’outil",
}
OF_KIND = {
    "antenne": "responsable-dac",
    "dac": "responsable-dac",
    "gouvernance": "secretaire-de-gouvernance",
    "dd": "officier-ars",
    "region": "officier-ars",
    "national": "officier-ars",
    "partenaire": "redacteur",
}
SECTIONS = {
    "a-traiter": "a-traiter",
    "courriels": "courriels",
    "organisation": "organisation",
    "situations": "une-situation",
    "entrer": "entrer",
    "mon-compte": "entrer",
    "premiers-pas": "premiers-pas",
}
"""By screen, the section of a guide that speaks of it, where the guide has one."""


@dataclass(frozen=True, slots=True)
class Guide:
    """One guide, ready to be shown."""

    title: str
    html: str
    sections: frozenset[str]


@lru_cache
def guide(path: Path, _changed: float) -> Guide:
    """Read a guide; markup inside it is shown as it is written, never run."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(path.read_text(encoding="utf-8"))
    title, sections = "", set()
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            name = slug(inline.content)
            opening.attrSet("id", name)
            sections.add(name)
            title = title or inline.content
    html = typography(str(markdown.renderer.render(tokens, markdown.options, {})))
    scrolled = '<div class="defile" role="region" aria-label="Tableau" tabindex="0"><table>'
    html = html.replace("<table>", scrolled).replace("</table>", "</table></div>")
    html = html.replace("<pre>", '<pre tabindex="0">')
    return Guide(title, html, frozenset(sections))


def slug(title: str) -> str:
    """Return « a-traiter » for « À traiter »."""
    plain = normalize("NFKD", title.replace("’", " ")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def read_guide(folder: Path, name: str) -> Guide | None:
    """Return a guide by name, None if there is none."""
    path = folder / f"{name}.md"
    return guide(path, path.stat().st_mtime) if name in TITLES and path.is_file() else None
