"""`azpost-desk enrol FILE`: a desk is enrolled as a file says, settings and all, with nobody at the screen.

    centre = "https://centre.example"
    code = "AAAA-BBBB-CCCC-DDDD"        # one-time, as the centre printed it
    fingerprint = "AB:CD:…"             # SHA-256 of the centre's certificate; may be missing
    [desk]                              # what desk.toml says from now on; may be missing
    receipts = "tcp:10.0.0.5:9100"

Repeated with the same file it goes on where it was cut short. Nothing is written before the whole file is
understood, and the code goes to nobody whose certificate has another fingerprint.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlsplit

import msgspec
from msgspec import structs

from azpost_desk import places
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.files import SMALL_BYTES_MAX, content_of, write_whole
from azpost_desk.programs import complain
from azpost_desk.programs.desk_settings import FILE as SETTINGS
from azpost_desk.programs.desk_settings import DeskSettings, read_settings, settings_of, wrong_line
from azpost_desk.texts import Texts

if TYPE_CHECKING:
    from azpost_desk.programs.restore import Restored

CERTIFICATE: Final = "centre.pem"
CONNECT_SECONDS: Final = 10
_FINGERPRINT: Final = r"^([0-9A-Fa-f]{2}[: ]?){31}[0-9A-Fa-f]{2}$"


class EnrolmentFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every line of the file.

    Attributes:
        code: case, spaces and dashes do not matter.
        fingerprint: of the certificate that the centre shows; one that it has signed itself is then believed.
        desk: what becomes desk.toml.
    """

    centre: Annotated[str, msgspec.Meta(pattern=r"^https?://[^\s/]+/?$")]
    code: Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z -]{7,38}$")]
    fingerprint: Annotated[str, msgspec.Meta(pattern=_FINGERPRINT)] | None = None
    desk: DeskSettings = DeskSettings()


def main(argv: list[str]) -> int:
    """0 when the desk is enrolled, 2 with one sentence when it is not."""
    parser = argparse.ArgumentParser(
        prog="azpost-desk enrol", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help="what to enrol by; delete it afterwards, its code is used up")
    parser.add_argument("--data", type=Path, help="data folder; default: this desk's")
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    wanted = parser.parse_args(argv)
    try:
        done = enrol_by(wanted.file, wanted.data or places.data())
    except (Refused, Trouble) as no:
        complain(no)
        return 2
    if wanted.json:
        print(json.dumps({"desk": done.desk, "epoch": done.epoch}))
    else:
        print(Texts("en").t("enrol.done", desk=done.desk, epoch=done.epoch))
    return 0


def enrol_by(file: Path, folder: Path) -> Restored:
    """Enrol the desk in `folder` as `file` says.

    Raises:
        Refused: L-014 the code. Trouble: G-080 the file; G-160 a desk is here already, G-161 another
            certificate, G-162 there are other settings here; as restore_desk.
    """
    from azpost_desk.programs.desk import SOFTWARE, SystemClock
    from azpost_desk.programs.restore import restore_desk
    from azpost_desk.storage.books import DeskBooks

    said = _understood(file)
    if DeskBooks.exists(folder):
        raise Trouble("G-160", folder=str(folder))
    settings, shown = said.desk, _shown(said)
    if settings.centre_certificates:
        # As it was meant where the file was read; in the desk's folder a relative path means that folder.
        trusted = str(Path(settings.centre_certificates).absolute())
        settings = structs.replace(settings, centre_certificates=trusted)
    elif shown and _is_its_own(shown):
        settings = structs.replace(settings, centre_certificates=CERTIFICATE)
    _keep(folder, settings, shown)
    url, verify = said.centre.rstrip("/"), settings_of(folder).centre_certificates or True
    return restore_desk(folder, url, said.code, SystemClock(), software=SOFTWARE, verify=verify)


def _understood(file: Path) -> EnrolmentFile:
    try:
        said = read_settings(file, EnrolmentFile)
    except FileNotFoundError as none:
        raise Trouble("G-080", file=str(file), line=0, why=str(none.strerror)) from none
    if said.fingerprint and not said.centre.startswith("https://"):
        raise wrong_line(file, "fingerprint", "over http no certificate is shown")
    trusted = said.desk.centre_certificates
    if trusted and not Path(trusted).is_file():
        raise wrong_line(file, "centre_certificates", f"there is no file {trusted}")
    return said


def _shown(said: EnrolmentFile) -> str:
    """The certificate (PEM) that the centre shows, where the file has its fingerprint; else "".

    Raises:
        Trouble: L-001 nobody shows one, G-161 it is another one.
    """
    if not said.fingerprint:
        return ""
    parts = urlsplit(said.centre)
    try:
        place = (parts.hostname or "", parts.port or 443)
        shown = ssl.get_server_certificate(place, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as fault:
        raise Trouble("L-001", detail=type(fault).__name__) from fault
    found = hashlib.sha256(ssl.PEM_cert_to_DER_cert(shown)).hexdigest()
    if found != re.sub(r"[: ]", "", said.fingerprint).lower():
        raise Trouble("G-161", centre=said.centre, found=found.upper())
    return shown


def _is_its_own(shown: str) -> bool:
    """Whether nobody else vouches for this certificate."""
    from cryptography import x509

    certificate = x509.load_pem_x509_certificate(shown.encode("ascii"))
    return certificate.issuer == certificate.subject


def _keep(folder: Path, settings: DeskSettings, shown: str) -> None:
    """Write the settings and the certificate before the code is used up.

    Raises:
        Trouble: G-162 other settings are here, G-163 they cannot be written.
    """
    lines = [
        f"{name} = {json.dumps(value, ensure_ascii=False)}\n"
        for name, value in structs.asdict(settings).items()
        if value != getattr(DeskSettings(), name)
    ]
    content, path = "".join(lines).encode("utf-8"), folder / SETTINGS
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists() and content_of(path, SMALL_BYTES_MAX) != content:
            raise Trouble("G-162", file=str(path))
        if settings.centre_certificates == CERTIFICATE:
            write_whole(folder / CERTIFICATE, shown.encode("ascii"))
        if lines:
            write_whole(path, content)
    except OSError as fault:
        raise Trouble("G-163", folder=str(folder), why=fault.strerror or str(fault)) from fault
