"""Electronic signatures (PAdES, baseline B) by a smart card (PKCS#11) or a PKCS#12 file, through pyHanko.

The cryptography and the card's program are loaded when somebody signs or looks at a signature, never before:
they cost a quarter of a second and a native library each.
"""

from __future__ import annotations

import hashlib
import io
import logging
from typing import TYPE_CHECKING, Any

from azpost_desk.devices.ports import DeviceState
from azpost_desk.domain.refusals import Refused, Trouble
from azpost_desk.domain.signatures import Certificate, Found, Stamp, Way
from azpost_desk.files import SMALL_BYTES_MAX, content_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from azpost_desk.documents.stamps import Box

    Accept = Callable[[Certificate], Stamp]
    Draw = Callable[[Stamp], bytes]


class NoSigner:
    """Nothing to sign with: signatures can still be read. Keeps the promises of `ports.Signer`."""

    way: Way = "file"

    def sign(self, pdf: bytes, pin: str, number: int, accept: Accept) -> tuple[bytes, Certificate]:
        """See `ports.Signer.sign`."""
        raise Trouble("D-075")

    def read(self, pdf: bytes, issuers: Sequence[str] = ()) -> list[Found]:
        """See `ports.Signer.read`."""
        return read_signatures(pdf, issuers)

    def state(self) -> DeviceState:
        """See `ports.Device.state`."""
        return DeviceState("", "D-075")


class FileSigner(NoSigner):
    """A key and its certificate in a PKCS#12 file (``.p12``, ``.pfx``); its password is the PIN."""

    def __init__(self, path: Path, draw: Draw) -> None:
        self._path, self._draw = path, draw
        self._tries = 0

    def sign(self, pdf: bytes, pin: str, number: int, accept: Accept) -> tuple[bytes, Certificate]:
        """See `ports.Signer.sign`."""
        from pyhanko.sign.signers import SimpleSigner

        try:
            content = content_of(self._path, SMALL_BYTES_MAX)
        except OSError as failure:
            raise Trouble("D-074", place=self._path.name) from failure
        try:
            signer = SimpleSigner.load_pkcs12_data(content, other_certs=[], passphrase=pin.encode())
        except ValueError:
            self._tries += 1
            raise Refused("S-070", field="pin", tries=self._tries) from None
        self._tries = 0
        if signer.signing_cert is None:
            raise Trouble("D-073", place=self._path.name)
        certificate = _certificate(signer.signing_cert.dump())
        return _signed(pdf, signer, number, accept(certificate), self._draw), certificate

    def state(self) -> DeviceState:
        """See `ports.Device.state`."""
        return DeviceState(self._path.name, None if self._path.is_file() else "D-074")


class CardSigner(NoSigner):
    """A smart card behind its maker's PKCS#11 library.

    Args:
        library: the shared object or DLL that came with the card.
        label: of the token, where one reader holds several; "" takes the first that is set up.
    """

    way: Way = "card"

    def __init__(self, library: Path, draw: Draw, label: str = "") -> None:
        self._library, self._draw, self._label = library, draw, label
        self._tries = 0

    def sign(self, pdf: bytes, pin: str, number: int, accept: Accept) -> tuple[bytes, Certificate]:
        """See `ports.Signer.sign`."""
        from pkcs11.exceptions import PKCS11Error

        token = self._token()
        session = self._open(token, pin)
        try:
            try:
                return self._sign(session, pdf, number, accept)
            finally:
                session.close()
        except PKCS11Error as failure:
            raise Trouble("D-072", place=self._library.name) from failure

    def state(self) -> DeviceState:
        """See `ports.Device.state`."""
        try:
            self._token()
        except Trouble as trouble:
            return DeviceState(self._library.name, trouble.code)
        return DeviceState(self._library.name)

    def _token(self) -> Any:
        import pkcs11
        from pkcs11.exceptions import PKCS11Error

        try:
            slots = pkcs11.lib(str(self._library)).get_slots(token_present=True)
        except (PKCS11Error, RuntimeError, OSError) as failure:
            raise Trouble("D-070", place=self._library.name) from failure
        for slot in slots:
            try:
                token = slot.get_token()
                ready = pkcs11.TokenFlag.TOKEN_INITIALIZED in token.flags
            except PKCS11Error:
                # Taken out between the two questions.
                continue
            if ready and self._label in ("", token.label.strip()):
                return token
        raise Trouble("D-071", place=self._library.name)

    def _open(self, token: Any, pin: str) -> Any:
        from pkcs11 import TokenFlag, exceptions

        try:
            session = token.open(user_pin=pin)
        except exceptions.PinLocked:
            raise Refused("S-072", field="pin") from None
        except (exceptions.PinIncorrect, exceptions.PinLenRange, exceptions.PinInvalid):
            self._tries += 1
            flags = token.slot.get_token().flags
            if TokenFlag.USER_PIN_LOCKED in flags:
                raise Refused("S-072", field="pin") from None
            if TokenFlag.USER_PIN_FINAL_TRY in flags:
                raise Refused("S-071", field="pin", tries=self._tries) from None
            raise Refused("S-070", field="pin", tries=self._tries) from None
        except exceptions.PKCS11Error as failure:
            raise Trouble("D-072", place=self._library.name) from failure
        self._tries = 0
        return session

    def _sign(self, session: Any, pdf: bytes, number: int, accept: Accept) -> tuple[bytes, Certificate]:
        from pkcs11 import Attribute, ObjectClass
        from pyhanko.sign.pkcs11 import PKCS11Signer

        keys = [key[Attribute.ID] for key in session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})]
        certificates = session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
        own = {one[Attribute.ID]: one[Attribute.VALUE] for one in certificates}
        ident = next((key for key in keys if key in own), None)
        if ident is None:
            raise Trouble("D-073", place=self._library.name)
        certificate = _certificate(own[ident])
        stamp = accept(certificate)
        signer = PKCS11Signer(session, cert_id=ident, key_id=ident, other_certs_to_pull=None)
        return _signed(pdf, signer, number, stamp, self._draw), certificate


def read_signatures(pdf: bytes, issuers: Sequence[str] = ()) -> list[Found]:
    """See `ports.Signer.read`; anybody may look, no key is needed."""
    # Its warnings name the people of certificates; logs hold no names.
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        return [_found(embedded, issuers) for embedded in reader.embedded_regular_signatures]
    except (PdfError, ValueError, KeyError, TypeError, IndexError, OSError, RecursionError, AttributeError):
        # Bytes that are no PDF any more carry no signature; whoever expected one says that it is broken.
        return []


def _found(embedded: Any, issuers: Sequence[str]) -> Found:
    from asn1crypto import pem, x509
    from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko_certvalidator import ValidationContext

    moment = embedded.self_reported_timestamp
    at_ms = int(moment.timestamp() * 1000) if moment else 0
    roots = [x509.Certificate.load(pem.unarmor(one.encode())[2]) for one in issuers]
    context = ValidationContext(trust_roots=roots, moment=moment, allow_fetching=False)
    usage = KeyUsageConstraints(
        key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
    )
    certificate = _certificate(embedded.signer_cert.dump())
    try:
        status = validate_pdf_signature(
            embedded, context, diff_policy=DEFAULT_DIFF_POLICY, key_usage_settings=usage
        )
    except (SignatureValidationError, SigningError, ValueError):
        return Found(certificate, at_ms, intact=False, whole=False)
    trusted = bool(status.trusted) if roots else None
    return Found(
        _certificate(embedded.signer_cert.dump(), trusted),
        at_ms,
        intact=bool(status.intact and status.valid),
        whole=bool(status.docmdp_ok),
    )


def _certificate(der: bytes, trusted: bool | None = None) -> Certificate:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    known = x509.load_der_x509_certificate(der)
    common = known.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    try:
        usage = known.extensions.get_extension_for_class(x509.KeyUsage).value
        signs = usage.digital_signature or usage.content_commitment
    except x509.ExtensionNotFound:
        signs = True
    return Certificate(
        subject=known.subject.rfc4514_string(),
        name=str(common[0].value) if common else "",
        serial=f"{known.serial_number:X}",
        issuer=hashlib.sha256(known.issuer.public_bytes()).hexdigest(),
        fingerprint=hashlib.sha256(der).hexdigest(),
        valid_from_ms=int(known.not_valid_before_utc.timestamp() * 1000),
        valid_to_ms=int(known.not_valid_after_utc.timestamp() * 1000),
        signs=signs,
        trusted=trusted,
    )


def _signed(pdf: bytes, signer: Any, number: int, stamp: Stamp, draw: Draw) -> bytes:
    """`pdf` with one more revision that holds the signature; the bytes before stay as they are."""
    import datetime as dt

    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
    from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
    from pyhanko.stamp import StaticStampStyle

    class AtTime(PdfSigner):
        """A signature is dated by the desk's trusted clock, not by the library's."""

        def init_signing_session(self, *arguments: Any, **named: Any) -> Any:
            session = super().init_signing_session(*arguments, **named)
            session.system_time = dt.datetime.fromtimestamp(stamp.at_ms / 1000, dt.UTC)
            return session

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page, box = _place(writer.prev, number)
    field = f"signature-{number}"
    meta = PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=stamp.name,
    )
    filling = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MIN, AxisAlignment.ALIGN_MIN, Margins(0, 0, 0, 0))
    style = StaticStampStyle(
        background=_page_of(draw(stamp)), border_width=0, background_opacity=1.0, background_layout=filling
    )
    spec = SigFieldSpec(field, on_page=page, box=box)
    try:
        signed = AtTime(meta, signer, stamp_style=style, new_field_spec=spec).sign_pdf(writer)
    except SigningError as failure:
        raise Trouble("D-072", place="") from failure
    return bytes(signed.getvalue())


def _place(reader: Any, number: int) -> tuple[int, Box]:
    """(page from 0, box) of the paper's place for signature `number`.

    Raises:
        Refused: S-073 the paper has no such place.
    """
    from azpost_desk.documents.stamps import place_in

    trailer = reader.trailer_view
    keywords = str(trailer["/Info"].get("/Keywords", "")) if "/Info" in trailer else ""
    found = place_in(keywords, number)
    if found is None:
        raise Refused("S-073", number=number)
    return found[0] - 1, found[1]


def _page_of(pdf: bytes) -> Any:
    """The first page of `pdf` as the content of a stamp; the library's own importer wants a file."""
    import binascii

    from pyhanko.pdf_utils.content import PdfContent
    from pyhanko.pdf_utils.layout import BoxConstraints
    from pyhanko.pdf_utils.reader import PdfFileReader

    class Page(PdfContent):
        def render(self) -> bytes:
            page = self._ensure_writer.import_page_as_xobject(PdfFileReader(io.BytesIO(pdf)))
            name = b"/Stamp" + binascii.hexlify(hashlib.sha256(pdf).digest()[:4])
            self.resources.xobject[name.decode()] = page
            left, low, right, high = page.get_object()["/BBox"]
            self.box = BoxConstraints(width=abs(right - left), height=abs(high - low))
            return name + b" Do"

    return Page()
