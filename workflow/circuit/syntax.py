"""What libyaml complains about, in French: its own words are English and never reach the user."""

from typing import NamedTuple

import yaml


class Explanation(NamedTuple):
    """Where to look (counted from 1), what is wrong, what was expected."""

    line: int
    column: int
    sentence: str
    expected: str


_COLON = "entre guillemets droits, un texte qui contient « : » ; sinon une ligne alignée avec les précédentes"
_ALIGNED = "le même nombre d’espaces que la ligne à laquelle elle fait suite"
TAB = ("Une tabulation décale cette ligne.", "des espaces en début de ligne")
NO_DIRECTIVE = ("Une directive (« % ») n’est pas permise.", "le contenu du fichier, sans rien avant")
NO_TAG = ("Une étiquette (« ! ») n’est pas permise.", "la valeur seule, ou entre guillemets")
NO_ANCHOR = ("Une ancre (« & ») n’est pas permise.", "la valeur seule")
NO_ALIAS = ("Un renvoi (« * ») n’est pas permis.", "la valeur elle-même, écrite à nouveau")
_UNNAMED = ("Une ancre (« & ») ou un renvoi (« * ») n’est pas permis.", "la valeur elle-même")
_NO_COLON = ("Ces deux-points ne sont pas permis ici.", _COLON)
_NO_DASH = ("Ce tiret n’a pas sa place ici.", "un élément par ligne")
_NO_KEY = ("Cette clé n’a pas sa place ici.", "une clé par ligne, alignée avec les autres du bloc")
_ODD_KEY = ("Cette ligne n’est pas alignée avec les précédentes, ou un guillemet est de trop.", _ALIGNED)
_KEY_ALONE = ("Il manque les deux-points après cette clé.", "« clé: valeur »")
_DASH = ("Il manque un tiret devant cet élément de la liste.", _ALIGNED)
_ADRIFT = ("Cette ligne ne fait suite à rien.", _ALIGNED)
_NO_VALUE = ("Ce signe n’a pas sa place ici, ou il manque une valeur.", "")
_BRACKET = ("Il manque une virgule, ou le crochet fermant « ] ».", "« [un, deux] »")
_BRACE = ("Il manque une virgule, ou l’accolade fermante « } ».", "« {clé: valeur, autre: valeur} »")
_OPEN_QUOTE = ("Ce guillemet n’est pas refermé.", "un guillemet à la fin du texte")
_CUT = ("« --- » ou « ... » n’a pas sa place dans un texte.", "")
_ESCAPE = ("Ce signe n’a pas de sens après « \\ ».", "« \\\\ » pour écrire « \\ » entre guillemets doubles")
_TEXT = ("Ce texte sur plusieurs lignes est mal annoncé ou mal décalé.", "« | », puis des lignes décalées")
_STRAY = ("Ce signe ne peut pas commencer une valeur.", "le texte entre guillemets droits")
_GENERIC = ("Cette ligne ne peut pas être lue.", "« clé: valeur », avec des espaces réguliers")

# Pieces of libyaml's messages (0.2.5); the first that is found counts.
_PROBLEMS: tuple[tuple[str, tuple[str, str]], ...] = (
    ("mapping values are not allowed", _NO_COLON),
    ("found unexpected ':'", _NO_COLON),
    ("mapping keys are not allowed", _NO_KEY),
    ("block sequence entries are not allowed", _NO_DASH),
    ("could not find expected ':'", _KEY_ALONE),
    ("did not find expected key", _ODD_KEY),
    ("did not find expected '-' indicator", _DASH),
    ("did not find expected <document start>", _ADRIFT),
    ("did not find expected node content", _NO_VALUE),
    ("',' or ']'", _BRACKET),
    ("',' or '}'", _BRACE),
    ("found unexpected end of stream", _OPEN_QUOTE),
    ("found unexpected document indicator", _CUT),
    ("unknown escape character", _ESCAPE),
    ("hexdecimal number", _ESCAPE),
    ("character escape code", _ESCAPE),
    ("found a tab character", TAB),
    ("indentation indicator", _TEXT),
    ("expected comment or line break", _TEXT),
    ("alphabetic or numeric character", _UNNAMED),
    ("cannot start any token", _STRAY),
    ("directive", NO_DIRECTIVE),
    ("version number", NO_DIRECTIVE),
    ("incompatible YAML document", NO_DIRECTIVE),
    ("non-alphabetical character", NO_DIRECTIVE),
    ("digit or '.'", NO_DIRECTIVE),
    ("tag", NO_TAG),
    ("expected '!'", NO_TAG),
    ("the expected '>'", NO_TAG),
    ("URI escaped octet", NO_TAG),
    ("UTF-8 octet", NO_TAG),
    ("expected whitespace", NO_TAG),
)

# What is left open is best shown where it was opened: libyaml only notices much further on.
_SHOWN_AT_OPENING = ("while scanning a quoted scalar", "while scanning a simple key")
_SHOWN_AT_OPENING_IF_FAR = ("while parsing a flow sequence", "while parsing a flow mapping")


def explain(error: yaml.YAMLError) -> Explanation:
    """Say in French what libyaml could not read, and where the author should look."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return Explanation(1, 1, *_GENERIC)
    problem = error.problem or ""
    texts = next((texts for piece, texts in _PROBLEMS if piece in problem), _GENERIC)
    mark = _mark(error)
    return Explanation(mark.line + 1, mark.column + 1, *texts) if mark else Explanation(1, 1, *texts)


def _mark(error: yaml.MarkedYAMLError) -> yaml.Mark | None:
    opening, found = error.context_mark, error.problem_mark
    if opening is None or found is None:
        return opening or found
    far = found.line > opening.line and error.context in _SHOWN_AT_OPENING_IF_FAR
    return opening if far or error.context in _SHOWN_AT_OPENING else found


def shown(text: str) -> str:
    """Return a text short enough to be quoted inside a sentence, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"
