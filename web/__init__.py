"""The pages: server-rendered French, everything works without JavaScript. A newcomer begins with `web/routes.py`.

To add a screen: a small file in `web/pages/` with a function `(Visit) -> Response`, a template of the same
name, and one line in the table of `web/routes.py`, which says who may come. Links between pages are written in full
(« /situations/… »), links in mails begin with the public address of the settings, never with what a request says.
"""
