"""`azpost-desk evidence`: the evidence of some days of a desk as one file; also beside the running desk.

Without personal data: that leaves the desk only at the counter, where it is recorded who took it out.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

from azpost_desk import places
from azpost_desk.domain.days import business_day
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.files import write_whole
from azpost_desk.programs import complain
from azpost_desk.storage.evidence import export_folder


def main(argv: list[str]) -> int:
    """0 when the file was written, 1 when a rule says no, 2 when the books cannot be opened or written to."""
    parser = argparse.ArgumentParser(prog="azpost-desk evidence", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="a desk's data folder; default: this desk's")
    parser.add_argument("--from", dest="first", required=True, metavar="DATE", help="first business day, ISO")
    last_help = "last business day, ISO; default: the first, which makes it one day"
    parser.add_argument("--to", dest="last", metavar="DATE", help=last_help)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    wanted = parser.parse_args(argv)
    try:
        first, last = business_day(wanted.first), business_day(wanted.last or wanted.first)
        if last < first:
            raise Refused("R-082", field="last_day")
        content = export_folder(wanted.data or places.data(), first, last)
        write_whole(wanted.out, content)
    except Refused as refused:
        complain(refused)
        return 1
    except Trouble as trouble:
        complain(trouble)
        return 2
    except OSError as error:
        complain(Trouble("G-075", file=str(error.filename or wanted.out), why=str(error.strerror or error)))
        return 2
    digest = hashlib.sha256(content).hexdigest()
    if wanted.json:
        print(json.dumps({"file": str(wanted.out), "bytes": len(content), "sha256": digest}))
    else:
        print(f"{wanted.out}: {len(content)} bytes, SHA-256 {digest}")
    return 0
