"""`azpost-desk central` · money over the border: its documents, channels, rates, funds and switches."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from azpost_desk.central.abroad import (
    agreements,
    commissions,
    documents,
    judging,
    reconciling,
    restored,
    revaluing,
)
from azpost_desk.central.abroad.releasing import OUR_BIC
from azpost_desk.central.gateways.iso_partner import IsoPartner
from azpost_desk.central.gateways.iso_wire import Channel
from azpost_desk.central.registry import files
from azpost_desk.domain import operations as ops
from azpost_desk.domain.abroad.corridors import BY_PARTNER, BY_US, Corridors, Partners, Rates
from azpost_desk.domain.abroad.revaluation import RevaluationRates
from azpost_desk.domain.digits import is_digits
from azpost_desk.domain.money import CURRENCIES, Money, azn, parse_amount
from azpost_desk.domain.refusals import Refused
from azpost_desk.files import SMALL_BYTES_MAX, content_of
from azpost_desk.programs.central_commands import CLOCK, Command, book_of
from azpost_desk.programs.central_people import both, signs
from azpost_desk.protocol.addresses import is_guarded
from azpost_desk.protocol.keys import SigningKey

if TYPE_CHECKING:
    import argparse

    from azpost_desk.central.storage.database import Connection

DOCUMENTS: Final = ("corridors", "partners", "rates", "revaluation-rates")
_OF_POSITIONS: Final = "publish the rates positions are revalued by, of another source, by two people"
_KEY_HEX: Final = 64


class ChannelFile(msgspec.Struct, frozen=True):
    """One partner's channel in the file that --channels names (partner → this); files lie beside it.

    `signing_key` is a file with our private key, 64 hex digits, that nobody else reads.
    """

    url: str
    partner_key: str
    signing_key: str
    bic: str = ""
    member: str = ""
    certificate: str = ""
    certificate_key: str = ""
    server_certificate: str = ""


def add(command: Command, commands: Any) -> None:
    """What is agreed with partners abroad, and what people do about them."""
    command("set-corridors", _corridors, "publish the ways abroad (see: template corridors)", "file")
    command("set-partners", _partners, "publish what was agreed with partners (template partners)", "file")
    rates = command("set-rates", _rates, "publish the rates of a day, by two people", "file")
    says = "its rate may leave the band around the last one (again for another)"
    standing = command("set-revaluation-rates", _revaluation_rates, _OF_POSITIONS, "file")
    for one in (rates, standing):
        one.add_argument("--may-jump", action="append", default=[], metavar="CURRENCY", help=says)
    revalued = command("revalue", _revalue, "revalue open positions to the end of a day, once")
    revalued.add_argument("--date", required=True, help="business day that has ended, ISO")
    revalued.add_argument("--json", action="store_true", help="one JSON object")
    funds = command("fund-partner", _fund, "money of the post has reached a partner", "partner", "currency")
    funds.add_argument("funded", help="what arrived there, in its currency")
    funds.add_argument("paid", help="the manat it was bought for")
    says = "after a restore: two people have read all that a partner has of the lost hours"
    read = command("partner-read", _read, says, "partner")
    says = "two people say what an open item of a partner's statement is (see: check)"
    clears = command("clear-item", _clear, says, "item")
    clears.add_argument(
        "target", choices=reconciling.TARGETS, help="a transfer in transit, a funding, an item"
    )
    clears.add_argument("name", help="its id as check names it")
    invoice = command(
        "partner-invoice", _invoice, "note an invoice over a month's commission", "partner", "month"
    )
    invoice.add_argument("paid_by", choices=(BY_US, BY_PARTNER), help="who pays it")
    invoice.add_argument("currency")
    invoice.add_argument("invoiced", help="its sum, in that currency")
    invoice.add_argument("number", help="of the invoice, as it stands on it")
    for one in (rates, standing, funds, read, clears):
        for name in ("first", "second"):
            signs(one, name, "who acts")
        one.add_argument("--evidence", required=True)
    for act, on in (("open-partner", True), ("pause-partner", False)):
        says = f"{'open' if on else 'pause'} sale, sending or pay-out of a partner; say --why first"
        turned = command(act, _turn, says, "partner")
        turned.add_argument("switch", choices=agreements.SWITCHES)
        turned.set_defaults(on=on)


def reached(file: Path | None) -> dict[str, IsoPartner]:
    """The partners that the channels' file names, by partner; none without a file.

    Raises:
        WrongFile: X-100 to X-104. Refused: M-011 a channel in clear beyond this machine. OSError: a key.
    """
    channels = files.read(file, dict[str, ChannelFile]) if file else {}
    return {name: _partner(file, name, one) for name, one in channels.items() if file}


def _partner(file: Path, name: str, one: ChannelFile) -> IsoPartner:
    return IsoPartner(*wired(file, name, one))


def wired(file: Path, name: str, one: ChannelFile) -> tuple[Channel, SigningKey]:
    """How one table of a file says a party is reached, and our key for it.

    Raises:
        WrongFile: X-100 to X-104. OSError: a key.
    """
    folder = file.parent
    secret = content_of(folder / one.signing_key, SMALL_BYTES_MAX).decode("ascii", "replace").strip()
    for field, value in (("partner_key", one.partner_key), ("signing_key", secret)):
        if len(value) != _KEY_HEX or not _is_hex(value):
            # Never the value: it may be a secret.
            raise files.wrong(file.name, f"{name}.{field}", "key")

    def beside(path: str) -> Path | None:
        return folder / path if path else None

    channel = Channel(
        url=one.url,
        our_bic=OUR_BIC,
        partner_key=one.partner_key,
        bic=one.bic,
        member=one.member,
        certificate=beside(one.certificate),
        certificate_key=beside(one.certificate_key),
        server_certificate=beside(one.server_certificate),
    )
    if not is_guarded(channel.url):
        raise Refused("M-011", url=channel.url)
    if channel.url.startswith("https:"):
        _check_certificates(file.name, name, channel)
    return channel, SigningKey(bytes.fromhex(secret))


def _check_certificates(file: str, name: str, channel: Channel) -> None:
    """Said now: at the first transfer it would only look like a partner who is away."""
    context = ssl.create_default_context()
    own, key, theirs = (
        str(path) for path in (channel.certificate, channel.certificate_key, channel.server_certificate)
    )
    try:
        # A password, so that an encrypted key is refused; without one it would be asked for on the terminal.
        context.load_cert_chain(own, key, password="")
    except OSError as fault:
        raise files.wrong(file, f"{name}.certificate", "certificate", own) from fault
    try:
        context.load_verify_locations(theirs)
    except OSError as fault:
        raise files.wrong(file, f"{name}.server_certificate", "certificate", theirs) from fault


def _is_hex(text: str) -> bool:
    return all(sign in "0123456789abcdef" for sign in text)


def _corridors(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    file = Path(wanted.file)
    corridors = files.read(file, Corridors)
    documents.check_corridors(file.name, corridors, agreements.partners(conn, CLOCK.utc_ms()))
    print(agreements.publish(conn, corridors, CLOCK.utc_ms()))


def _partners(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    file = Path(wanted.file)
    partners = files.read(file, Partners)
    documents.check_partners(file.name, partners)
    print(agreements.publish(conn, partners, CLOCK.utc_ms()))


def _rates(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    rates = files.read(Path(wanted.file), Rates)
    people = both(wanted, conn)
    now_ms = CLOCK.utc_ms()
    print(documents.import_rates(conn, rates, people, wanted.evidence, now_ms, may_jump=wanted.may_jump))


def _revaluation_rates(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    rates = files.read(Path(wanted.file), RevaluationRates)
    people = both(wanted, conn)
    version = documents.import_revaluation_rates(
        conn, rates, people, wanted.evidence, CLOCK.utc_ms(), may_jump=wanted.may_jump
    )
    print(version)


def _revalue(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    with book_of(dsn) as book:
        made = revaluing.revalue(conn, book, wanted.date, CLOCK.utc_ms())
    if wanted.json:
        print(msgspec.json.encode(made).decode())
        return
    if not made.revalued:
        print("nothing to revalue")
    for one in made.revalued:
        position = Money(one.position_minor, one.currency)
        before, after = (f"{azn(qapik).decimal():f}" for qapik in (one.manat_qapik, one.revalued_qapik))
        says = "revalued" if made.is_new else "was revalued before, nothing changed"
        print(
            f"{one.currency} {one.date}: {says}; position {position.decimal():f} at {one.rate}"
            f" ({one.source}), manat {before} -> {after}, late deals {len(one.late)}"
        )


def _read(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    people = both(wanted, conn)
    with book_of(dsn) as book:
        restored.say_read(conn, book, wanted.partner, people, wanted.evidence, CLOCK.utc_ms())


def _fund(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    documents.check_account(conn, wanted.partner, wanted.currency, CLOCK.utc_ms())
    funded, paid = parse_amount(wanted.funded, wanted.currency), parse_amount(wanted.paid)
    people = both(wanted, conn)
    act = ops.PartnerFunded(
        partner=wanted.partner,
        currency=wanted.currency,
        funded_minor=funded.minor,
        paid_qapik=paid.minor,
        first_person=people[0],
        second_person=people[1],
        evidence=wanted.evidence,
    )
    with book_of(dsn) as book:
        print(judging.fund(conn, book, wanted.partner, act, CLOCK.utc_ms()))


def _invoice(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    if wanted.currency not in CURRENCIES:
        raise Refused("A-032", currency=wanted.currency)
    invoiced = parse_amount(wanted.invoiced, wanted.currency)
    commissions.note_invoice(
        conn, wanted.partner, wanted.month, wanted.paid_by, invoiced, wanted.number, CLOCK.utc_ms()
    )


def _clear(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    if not is_digits(wanted.item):
        raise Refused("A-060", item=wanted.item)
    people = both(wanted, conn)
    with book_of(dsn) as book:
        reconciling.clear(
            conn, book, int(wanted.item), wanted.target, wanted.name, people, wanted.evidence, CLOCK.utc_ms()
        )


def _turn(wanted: argparse.Namespace, conn: Connection, dsn: str) -> None:
    if agreements.partners(conn, CLOCK.utc_ms()).find(wanted.partner) is None:
        raise Refused("A-010", partner=wanted.partner)
    if not wanted.why.strip():
        raise Refused("A-038")
    why = f"{wanted.who}: {wanted.why.strip()}"
    agreements.turn(conn, wanted.partner, wanted.switch, CLOCK.utc_ms(), on=wanted.on, why=why)
