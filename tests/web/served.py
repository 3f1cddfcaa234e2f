"""The application on a real port, for a real browser."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from socket import socket

import uvicorn

from tests.web.site import Site
from web.app import make_app


@contextmanager
def served(site: Site) -> Iterator[str]:
    """Serve a site while the block runs, and give its address."""
    with socket() as listening:
        listening.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        site.services = replace(site.services, public_url=address)
        config = uvicorn.Config(make_app(site.services), log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join(10)
