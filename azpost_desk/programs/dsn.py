"""A PostgreSQL address for a command line that everybody can read: without its password."""

from __future__ import annotations

import argparse
from typing import Final

DSN_HELP: Final = (
    "an existing PostgreSQL (libpq address); its password comes from PGPASSWORD, or from the file that"
    " PGPASSFILE or the address's passfile names"
)


def without_password(text: str) -> str:
    """The address itself, for argparse.

    Raises:
        argparse.ArgumentTypeError: it is none, or holds a password.
    """
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = conninfo_to_dict(text)
    except (ProgrammingError, UnicodeError) as wrong:
        raise argparse.ArgumentTypeError("this is no address of a PostgreSQL") from wrong
    if parts.get("password"):
        raise argparse.ArgumentTypeError(
            "a password on the command line can be read by everybody on this machine: put it into PGPASSWORD"
            " or a file (PGPASSFILE)"
        )
    return text
