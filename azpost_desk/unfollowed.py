"""A session of HTTP that takes a redirect for an answer like any other and never looks where it points.

``allow_redirects=False`` alone is not that: the library still takes the address apart, which raises
``ValueError`` on a broken one, and reads the whole body, however long it is and however slowly it drips.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from requests import Response


class UnfollowedSession(requests.Session):
    """See the module; proxies and passwords come from our settings, never from the environment."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def get_redirect_target(self, resp: Response) -> None:
        """Nowhere."""
