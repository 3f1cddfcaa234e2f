"""Every mail of the catalogue: what it says, in which words, and what it can never say."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser
from itertools import product
from typing import Any

import pytest
from jinja2 import UndefinedError

from notifications.context import ISSUES, NATURES, REASONS, MailContext, MailError
from notifications.render import ABSENCE, APART, CATALOGUE, CIRCUIT, CODE, LISTS, SUBJECT_MAX, TEMPLATES, Renderer
from notifications.transport import TransportError
from workflow.records import QueuedMail

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
REFERENCE = "BRE-DACTIV-2026-0042-K"
LINK = f"https://orp.test/situations/{REFERENCE}"
DD = "Délégation départementale d’Ille-et-Vilaine"
PLAIN: dict[str, Any] = {
    "etape": "En analyse",
    "echeance": "2026-09-30",  # the longest month, for the longest subjects
    "indicatif": True,
    "structure": DD,
    "de": "Antenne de Fougères",
    "pourquoi": "responsable",
    "nature": "decision",
    "retard_depuis": None,
    "jours": 0,
    "suite": False,
    "fin": "cloturee",
}
VARIANTS: list[dict[str, Any]] = [
    *({"suite": suite, "pourquoi": why} for suite, why in product((True, False), REASONS)),
    *({"nature": nature, "jours": days} for nature, days in product(NATURES, (-7, 0, 7))),
    *({"fin": fin} for fin in ISSUES),
    {"jours": 30, "retard_depuis": "2026-09-30"},
    {"jours": 30, "retard_depuis": "2026-09-30", "nature": "retour", "pourquoi": "redacteur"},
    {"echeance": None, "de": None, "structure": ""},
    {"indicatif": False},
]
ABOUT_A_SITUATION = [mail for mail in CATALOGUE if mail not in (CIRCUIT, *APART)]
ACTING = ("M02", "M03", "M04", "M07", "M12", "M13")

NEVER = re.compile(
    r"dossier|signalement|plainte|ticket|workflow|\bjob|déclarant|signalant|escalade|obligation|débit|bénéficiaire"
    r"|tenue par|prendre acte|hors levier|non validée|sans suite|étape automatique|promesse|repentir|référent"
    r"|spécialité|\bsiège|porteur|anonymisée",
    re.IGNORECASE,
)
"""The « Never » column of DESIGN §8; « siège » and « porteur » only ever stand with a complement."""

ENGLISH = re.compile(
    r"\b(the|your|you|please|from|with|this|has|been|due|step|case|mail|open|click|here|link|reminder|late|none|true"
    r"|false|undefined|decision|dear|hello|by|for|new|is)\b",
    re.IGNORECASE,
)

RENDERER = Renderer("https://orp.test/", "ORP <orp@orp.test>")


def queued(mail: str = "M02", reference: str = REFERENCE, address: str = "ds35@ars.test", **changes: Any) -> QueuedMail:
    return QueuedMail(1, "<42@orp.test>", mail, reference, address, PLAIN | changes, 0)


def render(mail: str = "M02", **changes: Any) -> EmailMessage:
    return RENDERER.render(queued(mail, **changes), NOW)


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


class _Words(HTMLParser):
    """The words of a page, and every address it mentions in an attribute."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.addresses: list[str | None] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value for name, value in attrs if name in ("href", "src", "background")]


def words_of(html: str) -> str:
    return " ".join(" ".join(_Words(html).words).replace("\u202f", " ").split())


def test_the_catalogue_is_the_templates() -> None:
    assert sorted(path.stem for path in TEMPLATES.glob("M*.j2")) == sorted(CATALOGUE)


@pytest.mark.parametrize("mail", ABOUT_A_SITUATION)
def test_every_variant_is_in_order(mail: str) -> None:
    for change in VARIANTS:
        message = render(mail, **change)
        subject, text, html = message["Subject"], body(message, "plain"), body(message, "html")
        seen = f"{subject}\n{text}\n{words_of(html)}"
        assert subject.startswith(f"[ORP] {REFERENCE} – ")
        assert len(subject) <= SUBJECT_MAX
        assert "…" not in subject or mail == "M08"
        assert not NEVER.search(seen), NEVER.search(seen)
        assert not ENGLISH.search(seen), ENGLISH.search(seen)
        assert "  " not in text
        assert "\n\n\n" not in text.replace("\r", "")
        assert not re.search(r" [.,]|\.\.|, ,|: *\n|le +\(", text)


@pytest.mark.parametrize("mail", ABOUT_A_SITUATION)
def test_the_text_says_what_the_page_says(mail: str) -> None:
    for change in VARIANTS:
        message = render(mail, **change)
        shown = words_of(body(message, "html"))
        for line in body(message, "plain").splitlines():
            label, _, link = line.partition(" : http")
            assert label in shown
            assert not link or f"http{link}" == LINK
        assert LINK in shown


@pytest.mark.parametrize("mail", ACTING)
def test_it_tells_who_when_and_why(mail: str) -> None:
    text = body(render(mail), "plain")
    assert DD in text
    assert "mercredi 30 septembre 2026 (délai indicatif)" in text
    assert "Vous recevez ce message parce que c’est à votre structure d’agir." in text
    assert "En analyse" in text
    assert LINK in text


@pytest.mark.parametrize("mail", ["M06", "M11"])
def test_a_retour_to_pass_on_says_so(mail: str) -> None:
    message = render(mail, suite=True, structure="DAC’tiv", pourquoi="destinataire")
    text = body(message, "plain")
    assert "à transmettre au rédacteur de la fiche" in text
    assert "mercredi 30 septembre 2026" in text
    assert "ransmettre par : DAC’tiv" in text
    assert "à transmettre" in message["Subject"]
    assert "à transmettre" not in body(render(mail, suite=False, etape="Analyse"), "plain")


def test_a_notice_of_lateness_is_no_retour() -> None:
    text = body(render("M13", retard_depuis="2026-09-30", jours=30, pourquoi="redacteur"), "plain")
    assert "Ceci est un avis de retard, pas un retour : rien n’a été décidé. Vous n’avez rien à faire." in text
    assert f"En retard : {DD}\n" in text.replace("\r", "")


@pytest.mark.parametrize(
    ("mail", "changes", "subject"),
    [
        ("M01", {}, "fiche bien reçue"),
        ("M02", {}, "un complément vous est demandé pour le 30 septembre 2026"),
        ("M02", {"echeance": "2027-01-01"}, "un complément vous est demandé pour le 1er janvier 2027"),
        ("M03", {}, "nouvelle situation à qualifier"),
        ("M04", {}, "à inscrire à l’ordre du jour"),
        ("M06", {}, "décision de la gouvernance"),
        ("M07", {}, "transmise à votre délégation, réponse attendue le 30 sept."),
        ("M08", {"structure": "DD 35"}, "prise en charge par DD 35"),
        ("M08", {}, "prise en charge par Délégation départementale…"),
        ("M11", {}, "un retour est disponible"),
        ("M12", {"jours": -7}, "rappel, décision attendue pour le 30 septembre 2026"),
        (
            "M12",
            {"jours": 1, "nature": "complement"},
            "rappel, complément attendu depuis le 30 septembre 2026",
        ),
        ("M13", {}, "avis de retard depuis le 30 septembre 2026"),
        ("M15", {"fin": "retiree"}, "situation retirée"),
        ("M17", {}, "complément reçu"),
    ],
)
def test_subjects(mail: str, changes: dict[str, Any], subject: str) -> None:
    assert render(mail, **changes)["Subject"] == f"[ORP] {REFERENCE} – {subject}"


def test_a_shorter_reference_leaves_room_for_the_whole_date() -> None:
    message = RENDERER.render(queued("M07", reference="BRE-35-1"), NOW)
    assert message["Subject"].endswith("réponse attendue le 30 septembre 2026")


@pytest.mark.parametrize("mail", ABOUT_A_SITUATION)
def test_even_the_longest_reference_keeps_the_subject_short(mail: str) -> None:
    assert len(RENDERER.render(queued(mail, reference="R" * 40), NOW)["Subject"]) <= SUBJECT_MAX


def test_the_first_of_a_month() -> None:
    assert "vendredi 1er janvier 2027" in body(render(echeance="2027-01-01"), "plain")


def test_a_delay_somebody_accepted_is_not_called_indicative() -> None:
    assert "indicatif" not in body(render(indicatif=False), "plain")
    assert "indicatif" not in body(render(echeance=None), "plain")


@pytest.mark.parametrize("mail", ABOUT_A_SITUATION)
def test_typography(mail: str) -> None:
    message = render(mail, pourquoi="redacteur")
    html, text = body(message, "html"), body(message, "plain")
    assert not re.search(r" [;:?!»]|« ", html)
    assert "\u202f" in html
    assert not re.search("[\u00a0\u202f]", text)
    for path in TEMPLATES.iterdir():
        assert not re.search(r"\w'\w", path.read_text(encoding="utf-8")), path.name


@pytest.mark.parametrize("mail", ABOUT_A_SITUATION)
def test_the_page_needs_nothing_from_elsewhere(mail: str) -> None:
    html = body(render(mail), "html")
    page = _Words(html)
    assert page.addresses == [LINK]
    assert not page.tags & {"img", "script", "link", "style", "iframe", "form", "table"}
    assert "url(" not in html
    assert '<html lang="fr">' in html
    assert "max-width: 600px" in html


def test_headers() -> None:
    message = message_from_bytes(render("M02").as_bytes(), policy=SMTP)
    expected = {
        "From": "ORP <orp@orp.test>",
        "To": "ds35@ars.test",
        "Subject": f"[ORP] {REFERENCE} – un complément vous est demandé pour le 30 septembre 2026",
        "Date": "Tue, 01 Sep 2026 08:00:00 +0000",
        "Message-ID": "<42@orp.test>",
        "References": f"<{REFERENCE}@orp.test>",
        "In-Reply-To": f"<{REFERENCE}@orp.test>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Content-Language": "fr",
    }
    assert {name: message[name] for name in expected} == expected
    assert all(len(line) <= 998 for line in render("M02").as_bytes().splitlines())


@pytest.mark.parametrize("key", PLAIN)
def test_a_missing_key_is_refused(key: str) -> None:
    values = {name: value for name, value in PLAIN.items() if name != key}
    with pytest.raises(MailError, match=key):
        MailContext.read(values)


def test_a_template_never_says_what_it_does_not_know() -> None:
    with pytest.raises(UndefinedError):
        render("M15", fin=None)
    for environment in (RENDERER._text, RENDERER._html):
        with pytest.raises(UndefinedError):
            environment.from_string("{{ resume }}").render()


def test_no_free_text_can_pass() -> None:
    with pytest.raises(MailError, match="resume") as caught:
        render(resume="Madame CANARI, 12 rue des Lilas")
    assert "CANARI" not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("etape", "x" * 121),
        ("etape", 3),
        ("structure", None),
        ("de", ["CANARI"]),
        ("echeance", "bientôt"),
        ("echeance", 20260930),
        ("indicatif", "oui"),
        ("suite", 1),
        ("jours", True),
        ("jours", "7"),
        ("pourquoi", "CANARI"),
        ("nature", "CANARI"),
        ("nature", None),
        ("fin", ""),
        ("retard_depuis", ""),
    ],
)
def test_values_are_of_their_closed_kind(key: str, value: Any) -> None:
    with pytest.raises(MailError, match=key) as caught:
        render(**{key: value})
    assert "CANARI" not in str(caught.value)


@pytest.mark.parametrize("character", [*map(chr, [*range(0x20), *range(0x7F, 0xA0)]), "\u2028", "\u2029", "\u202e"])
def test_no_control_character_comes_near_a_header(character: str) -> None:
    evil = f"DD{character}Bcc: evil@x.test"
    for attempt in ({"structure": evil}, {"etape": evil}, {"de": evil}):
        with pytest.raises(MailError):
            render("M08", **attempt)
    with pytest.raises(MailError):
        RENDERER.render(queued(reference=evil), NOW)
    with pytest.raises(MailError):
        Renderer("https://orp.test", f"ORP{character} <orp@orp.test>")
    with pytest.raises(MailError):
        Renderer(f"https://orp.test/{character}", "orp@orp.test")
    with pytest.raises(TransportError):
        RENDERER.render(queued(address=f"a{character}@ars.test"), NOW)


@pytest.mark.parametrize("message_id", ["", "42@orp.test", "<42@orp.test>\r\nBcc: <evil@x.test>", "<a b@c>"])
def test_a_message_id_is_checked(message_id: str) -> None:
    mail = QueuedMail(1, message_id, "M02", REFERENCE, "ds35@ars.test", PLAIN, 0)
    with pytest.raises(MailError):
        RENDERER.render(mail, NOW)


@pytest.mark.parametrize("code", ["M05", "M99", "../M02", "mots", ""])
def test_only_the_catalogue_names_templates(code: str) -> None:
    with pytest.raises(MailError):
        render(code)


@pytest.mark.parametrize("reference", ["", "../evil", "A?x=1", "A/../B", "A B", "@evil"])
def test_a_reference_stays_a_reference(reference: str) -> None:
    with pytest.raises(MailError):
        RENDERER.render(queued(reference=reference), NOW)


@pytest.mark.parametrize("url", ["", "orp.test", "javascript:alert(1)", "https://orp.test?x=", "https://u:p@orp.test"])
def test_the_public_address_is_checked(url: str) -> None:
    with pytest.raises(MailError):
        Renderer(url, "orp@orp.test")


@pytest.mark.parametrize("address", ["a@ars.example", "a@ars.invalid", "a@ars.test", "prenom.nom+x@sub.ars.sante.fr"])
def test_addresses_of_tests_pass(address: str) -> None:
    assert RENDERER.render(queued(address=address), NOW)["To"] == address


def test_names_of_structures_are_text_on_the_page() -> None:
    message = render("M02", structure="<b>DD</b> & {{ 7 * 7 }}")
    assert "&lt;b&gt;DD&lt;/b&gt; &amp; {{ 7 * 7 }}" in body(message, "html")
    assert "<b>DD</b> & {{ 7 * 7 }}" in body(message, "plain")


# --- Mails about several situations ---


def several(mail: str, *lines: dict[str, Any], en_tout: int | None = None, **changes: Any) -> QueuedMail:
    said = [
        {"reference": f"BRE-DACTIV-2026-{n:04}-K", "courriel": mail, **PLAIN, **line}
        for n, line in enumerate(lines, 42)
    ]
    counts = {"en_tout": en_tout or len(said), "situations": en_tout or len(said), "en_retard": 0, "retours": False}
    return QueuedMail(1, "<42@orp.test>", mail, None, "ds35@ars.test", {"lignes": said, **counts, **changes}, 0)


LATE_LINE = {"retard_depuis": "2026-09-01", "echeance": "2026-09-01"}
RETOUR_LINE = {"courriel": "M14", "nature": "retour"}


@pytest.mark.parametrize("mail", LISTS)
def test_a_mail_about_several_situations_is_in_order(mail: str) -> None:
    lists: list[list[dict[str, Any]]] = [
        [{}, {}],
        [LATE_LINE, {}, RETOUR_LINE],
        [{"nature": nature} for nature in NATURES],
        [{"echeance": None}] * 2,
    ]
    for lines in lists:
        message = RENDERER.render(several(mail, *lines, en_retard=1), NOW)
        text, html = body(message, "plain"), body(message, "html")
        seen = f"{message['Subject']}\n{text}\n{words_of(html)}"
        assert len(message["Subject"]) <= SUBJECT_MAX
        assert message["Subject"].startswith("[ORP] ")
        assert not NEVER.search(seen), NEVER.search(seen)
        assert not ENGLISH.search(seen), ENGLISH.search(seen)
        assert "  " not in text
        assert not re.search(r" [.,]|\.\.|, ,|: *\n|le +\(", text)
        assert message["References"] is None
        for n in range(42, 42 + len(lines)):
            assert f"https://orp.test/situations/BRE-DACTIV-2026-{n:04}-K" in text
            assert f"https://orp.test/situations/BRE-DACTIV-2026-{n:04}-K" in _Words(html).addresses


def test_a_list_of_one_line_is_the_mail_of_that_line() -> None:
    for mail, nature in (("M12", "decision"), ("M14", "retour")):
        alone = RENDERER.render(several("M12", {"courriel": mail, "nature": nature}), NOW)
        single = RENDERER.render(queued(mail, "BRE-DACTIV-2026-0042-K", nature=nature), NOW)
        assert alone["Subject"] == single["Subject"]
        assert alone["References"] == single["References"]


def test_a_list_of_reminders_says_what_is_late_what_to_pass_on_and_what_it_leaves_out() -> None:
    message = RENDERER.render(several("M12", LATE_LINE, RETOUR_LINE, en_tout=60, en_retard=1), NOW)
    assert message["Subject"] == "[ORP] Rappel – 60 situations à traiter, 1 en retard"
    text = body(message, "plain")
    assert "- EN RETARD : BRE-DACTIV-2026-0042-K, En analyse : décision attendue, depuis le mardi 1er septembre" in text
    assert "retour à transmettre au rédacteur, au plus tard le mercredi 30 septembre 2026 (délai indicatif)" in text
    assert "la suite de la liste, 58 lignes" in text
    message = RENDERER.render(several("M12", RETOUR_LINE, RETOUR_LINE, retours=True), NOW)
    assert message["Subject"] == "[ORP] Retours à transmettre (2)"


@pytest.mark.parametrize(
    "context",
    [{}, {"lignes": []}, {"retours": "oui"}, {"en_tout": "2"}, {"texte": "Mme Dupont"}, {"lignes": [{"texte": "x"}]}],
)
def test_a_list_holds_nothing_but_its_lines_and_counts(context: dict[str, Any]) -> None:
    mail = several("M12", {}, {})
    with pytest.raises(MailError):
        RENDERER.render(replace(mail, context={**mail.context, **context} if context else {}), NOW)
    with pytest.raises(MailError):
        RENDERER.render(several("M02", {}, {}), NOW)
    with pytest.raises(MailError):
        RENDERER.render(several("M12", {}, {"reference": "../evil"}), NOW)


def coded(**context: Any) -> EmailMessage:
    mail = replace(queued(CODE), reference=None, context={"code": "042137", "minutes": 10} | context)
    return RENDERER.render(mail, NOW)


def test_the_mail_of_a_code_says_it_in_its_body_only_and_names_no_situation() -> None:
    message = coded()
    text, html = body(message, "plain"), body(message, "html")
    assert message["Subject"] == "[ORP] votre code pour entrer"
    assert "Code : 042137" in text
    assert "042137" in words_of(html)
    assert "https://orp.test/entrer/code" in text
    assert "Situation :" not in text
    assert message["References"] is None
    assert not NEVER.search(text), NEVER.search(text)
    assert not ENGLISH.search(text), ENGLISH.search(text)
    assert not re.search(r" [;:?!»]|« ", html)


@pytest.mark.parametrize(
    "wrong", [{"code": "12345"}, {"code": "12345a"}, {"code": "123456\n"}, {"minutes": "dix"}, {"autre": "x"}]
)
def test_the_mail_of_a_code_says_nothing_else(wrong: dict[str, Any]) -> None:
    with pytest.raises(MailError):
        coded(**wrong)


def circuit_mail(**changes: Any) -> QueuedMail:
    context = {"pourquoi": "parent", "circuit": "dactiv", "version": "bretagne@3", "le": "2026-09-30"} | changes
    return QueuedMail(1, "<42@orp.test>", CIRCUIT, None, "direction@dac.test", context, 0)


@pytest.mark.parametrize("changes", [{}, {"le": None}, {"pourquoi": "essai", "version": "dactiv@3"}])
def test_the_mail_about_a_circuit_says_which_and_by_when(changes: dict[str, Any]) -> None:
    message = RENDERER.render(circuit_mail(**changes), NOW)
    text = body(message, "plain")
    assert changes.get("version", "bretagne@3") in text
    assert ("30 septembre 2026" in text) is (changes.get("le", "") is not None)
    assert not ENGLISH.search(text.replace("https://orp.test/aide/responsable-dac", ""))
    assert not NEVER.search(text)
    assert len(str(message["Subject"])) <= SUBJECT_MAX


@pytest.mark.parametrize("changes", [{"pourquoi": "autre"}, {"le": "demain"}, {"texte": "libre"}, {"circuit": "a\nb"}])
def test_the_mail_about_a_circuit_says_nothing_else(changes: dict[str, Any]) -> None:
    with pytest.raises(MailError):
        RENDERER.render(circuit_mail(**changes), NOW)


# --- Links ---


def test_a_mail_bears_its_own_link() -> None:
    secret = "S" * 43
    message = RENDERER.render(replace(queued("M07"), links={REFERENCE: secret}), NOW)
    for kind in ("plain", "html"):
        assert f"https://orp.test/d/{secret}" in body(message, kind)
        assert "/situations/" not in body(message, kind)


AWAY = {"absent": "Claire Le Goff", "remplacant": "Paul Tanguy", "du": "2026-08-03", "au": "2026-08-14"}


def absence(**context: Any) -> EmailMessage:
    mail = replace(queued(ABSENCE), reference=None, context=AWAY | {"terminee": False} | context)
    return RENDERER.render(mail, NOW)


@pytest.mark.parametrize(
    ("over", "subject", "said"),
    [
        (False, "absence et remplacement du 3 août 2026 au 14 août 2026", "Au : vendredi 14 août 2026 inclus"),
        (True, "fin du remplacement", "Paul Tanguy n’agit plus à sa place."),
    ],
)
def test_the_mail_of_an_absence_says_who_stands_in_and_until_when(over: bool, subject: str, said: str) -> None:  # noqa: FBT001
    message = absence(terminee=over)
    text = body(message, "plain")
    assert message["Subject"] == f"[ORP] {subject}"
    assert said in text
    assert "https://orp.test/organisation" in text
    assert not ENGLISH.search(text), ENGLISH.search(text)


@pytest.mark.parametrize(
    "wrong", [{"absent": "X\nBcc: a@b.fr"}, {"du": "demain"}, {"terminee": "non"}, {"motif": "maladie"}, {"au": None}]
)
def test_the_mail_of_an_absence_says_nothing_else(wrong: dict[str, Any]) -> None:
    with pytest.raises(MailError):
        absence(**wrong)
