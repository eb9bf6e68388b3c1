"""Questions to pytest about the tree it stands in, all from one start: its words in, code and output out.

Each question is a process of its own, forked once the packages of others are loaded and before anything of
the tree is: what a question imports is what stands in the files then.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import hypothesis  # noqa: F401 - loaded for every question
import psycopg  # noqa: F401
import pytest
import sqlalchemy.orm  # noqa: F401


def main() -> None:
    """A line of JSON for each question, a line of JSON for each answer."""
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


def answer(words: list[str]) -> tuple[int, str]:
    """The exit code of pytest and what it printed."""
    with tempfile.TemporaryFile() as said:
        child = os.fork()
        if child == 0:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            code = 3
            try:
                code = int(pytest.main(words))
                sys.stdout.flush()
                sys.stderr.flush()
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        said.seek(0)
        return os.waitstatus_to_exitcode(status), said.read().decode("utf-8", "replace")


if __name__ == "__main__":
    assert not [name for name in sys.modules if name.partition(".")[0] == "azpost_desk"], Path.cwd()
    main()
