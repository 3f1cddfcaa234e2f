"""The pages: server-rendered French, everything works without JavaScript. Begin with `web/routes.py`.

How a request is answered: `guard` (host, size, headers) -> `app` (form and its token) -> `admission` (what the route
declares: session, proof, situation seen, reading logged) -> a function of `web/pages/` -> a template.

To add a screen:

1. a small file in `web/pages/` with a function `(Visit) -> Response`; it reads through `visit.services.store`, and
   writes to a situation through `visit.services.engine.decide` only, with the version the form carries;
2. a template in `web/templates/` that extends `base.html`; every form begins with `{{ jeton_de() }}`, every question
   of an act is drawn by the macro `question` from a `workflow.questions.Question`;
3. one line in the table of `web/routes.py`, which says who may come. An address with `{reference}` declares
   `Access.SITUATION`, and the page finds in `visit.situation` what this person sees (`sight.sees(Part.…)`).

A query that no port has yet: a method of a Protocol in `web/ports`, implemented in `storage`. It takes the person,
or a reference that admission let through; another organisation never gets a text as typed.
Tests: `tests/web/site.py` gives browsers (`site.signed_in("claire.legoff")`); the matrix, the guard and axe tests read
the table of routes, so a new line is tested at once. Links between pages are written in full (« /situations/… »); links
in mails begin with the public address of the settings, never with what a request says.
"""
