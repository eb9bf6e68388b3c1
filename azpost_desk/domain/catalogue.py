"""Reference data the centre hands out, dated: branch, offices, staff, licences, tariffs, billers, goods,
settings.

Each document is one JSON value of the type that domain.reference names; a desk keeps every version and
chooses by business day. Names are given in the three languages as {"az": …, "ru": …, "en": …}.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from azpost_desk.domain import products
from azpost_desk.domain.account_checks import AccountCheck
from azpost_desk.domain.digits import has_foreign_digit
from azpost_desk.domain.mail_extras import MailExtra
from azpost_desk.domain.money import azn, share
from azpost_desk.domain.notices import NoticeRules
from azpost_desk.domain.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """Reference values; unknown fields of a newer centre are passed over."""


Names = dict[str, str]
"""A name by language: az, ru, en."""


def name_in(names: Mapping[str, str], language: str) -> str:
    """A name in the nearest language there is: the one asked for, az, any other; "" where there is none."""
    return names.get(language) or names.get("az") or next(filter(None, names.values()), "")


class Branch(Document, frozen=True):
    """This branch. `safe_desk` is the desk number that holds the safe; `single_handed`: nobody to approve
    here; `hours` are its opening hours as they stand on its door; `mail`: what is done with mail here, of
    `mail.scanning.EVENTS_AT`.
    """

    code: str
    name: str
    address: str
    postcode: str
    phone: str = ""
    hours: str = ""
    voen: str = ""
    safe_desk: int = 1
    desks: tuple[int, ...] = (1,)
    single_handed: bool = False
    mail: tuple[str, ...] = ("office",)


class Office(Document, frozen=True):
    """A post office of the country, for pay-out and delivery; what nobody told of it is empty."""

    code: str
    name: str
    postcode: str
    zone: str = ""
    address: str = ""
    phone: str = ""
    hours: str = ""


class Offices(Document, frozen=True):
    """All offices."""

    offices: tuple[Office, ...] = ()

    def find(self, code: str) -> Office | None:
        """The office with this branch code."""
        return next((office for office in self.offices if office.code == code), None)

    def by_postcode(self, postcode: str) -> Office | None:
        """The delivery office of a postcode (``AZ2000``); none where there is none, as of an item abroad."""
        return next((office for office in self.offices if office.postcode == postcode != ""), None)


class Officer(Document, frozen=True):
    """One person of the branch's staff. `pin_hash` is argon2id; a desk may hold a newer one after a reset."""

    officer: str
    name: str
    role: str
    pin_hash: str
    language: str = "az"
    valid_to: str = "9999-12-31"


class Staff(Document, frozen=True):
    """Who works at the branch."""

    officers: tuple[Officer, ...] = ()


class Licence(Document, frozen=True):
    """The right of a branch to sell a service, dated; both days included."""

    service: str
    number: str
    valid_from: str
    valid_to: str


# No law lets the post lend or take deposits yet: the catalogue says so instead of hiding it.
NOT_PERMITTED: Final = ("loans", "deposits")
# Services of the catalogue. Goods and acceptance of mail need no licence of their own: the post's law
# suffices.
SERVICES: Final = (*products.SERVICES, *NOT_PERMITTED)


class Licences(Document, frozen=True):
    """What the branch may sell, by law."""

    licences: tuple[Licence, ...] = ()

    def require(self, service: str, date: str) -> None:
        """Refuse with G-030 (never permitted, or unknown) or G-031 (this branch has no licence that day)."""
        if service not in products.SERVICES:
            raise Refused("G-030", service=service)
        if service not in products.LICENSED:
            return
        for licence in self.licences:
            if licence.service == service and licence.valid_from <= date <= licence.valid_to:
                return
        raise Refused("G-031", service=service)


class FeeRule(Document, frozen=True):
    """A fee for amounts in a band; rows are never edited, a new tariff version replaces them.

    The fee is percent of the amount plus a fixed part, within its bounds (a `fee_qapik_max` of 0 is none).
    What follows the bounds are conditions; an empty one is none.

    Attributes:
        to: where the money goes: ``cash`` or ``account``.
        customer: who sends: ``person`` or ``organisation``.
        partner: who pays it out, when it is not the post itself.
        valid_from: first business day, ISO.
        valid_to: last business day, ISO.
    """

    amount_qapik_from: int
    amount_qapik_to: int
    percent_ppm: int
    fixed_qapik: int = 0
    fee_qapik_min: int = 0
    fee_qapik_max: int = 0
    to: str = ""
    customer: str = ""
    partner: str = ""
    valid_from: str = ""
    valid_to: str = ""


class ExpressRow(Document, frozen=True):
    """Price of an express service within the country: first step and each further step of weight.

    VAT is contained in the price; `vat_ppm` is the rate it contains (18 % = 180,000 ppm). `indicator`: its
    numbers come from ranges that begin with it only; ``E`` is any of express mail.
    """

    service: str
    names: Names
    zone: str
    first_grams: int
    first_qapik: int
    step_grams: int
    step_qapik: int
    weight_grams_max: int
    vat_ppm: int
    days: int
    indicator: str = "E"


class Tariffs(Document, frozen=True):
    """All prices of a version. Until `approved` every screen and paper bears DEMO.

    Attributes:
        transfer_extras_qapik: what an added service of a transfer costs (``express``, ``delivery``,
            ``advice``); one that is not named here is not sold.
        transfer_ordinary_hours: how long an ordinary transfer waits before it is paid out; an express one
            does not.
        mail_extras: what is sold with an item of mail within the country beside its carriage.
    """

    version: str
    approved: bool
    transfer_fees: tuple[FeeRule, ...] = ()
    transfer_qapik_max: int = 0
    transfer_extras_qapik: dict[str, int] = {}
    transfer_ordinary_hours: int = 0
    refund_returns_fee: bool = False
    express: tuple[ExpressRow, ...] = ()
    mail_extras: tuple[MailExtra, ...] = ()


# What billers are grouped by; the words are `payments.screen.group.<group>`.
GROUPS: Final = (
    *("power", "gas", "water", "phone", "internet", "tv", "mobile"),
    *("state_fees", "fines", "taxes", "education", "other"),
)


class Earned(Document, frozen=True):
    """What the post earns by a biller's payment, agreed with it and owed by it, never by the payer.

    Attributes:
        fixed_qapik: for each payment.
        share_ppm: of its sum, parts per million, rounded half up.
    """

    fixed_qapik: int = 0
    share_ppm: int = 0

    def of(self, amount_qapik: int) -> int:
        """What one payment earns, qəpik."""
        return self.fixed_qapik + share(azn(amount_qapik), self.share_ppm).minor


class Biller(Document, frozen=True):
    """Somebody whose bills are taken.

    With `notices` it is a state portal: what is paid to it is looked for there, never typed (domain.notices).

    Attributes:
        group: one of `GROUPS`, or a word of the centre's own.
        account_mask: a regular expression over the typed account.
        offline: it may be taken without the line; never without a `check` (money-out.md MC-14).
        azqr: the organisation's code in payment codes, "" while it has none.
        check: what holds between the digits of an account; None while nobody told.
        fee_from: who bears the fee, ``payer`` or ``biller``.
        part: less than the whole debt may be paid.
        earned: what its payments earn, by the version in force on the day each was taken.
    """

    biller: str
    group: str
    names: Names
    account_mask: str
    account_example: str
    account_names: Names
    amount_qapik_min: int
    amount_qapik_max: int
    fees: tuple[FeeRule, ...] = ()
    offline: bool = True
    notices: NoticeRules | None = None
    azqr: str = ""
    check: AccountCheck | None = None
    fee_from: Literal["payer", "biller"] = "payer"
    part: bool = True
    earned: Earned | None = None

    @property
    def takes_offline(self) -> bool:
        """Whether its bills are taken without the line: a slip would be found days later (MC-14)."""
        return self.offline and self.check is not None

    def has_form(self, account: str) -> bool:
        """Whether an account, without spaces, is written like one of its own."""
        # A mask may say \d or take anything; ١٢٣ is no account that a biller could find.
        return not has_foreign_digit(account) and bool(re.fullmatch(self.account_mask, account, re.ASCII))

    def is_account(self, account: str) -> bool:
        """Whether it has the form and its digits agree."""
        return self.has_form(account) and (self.check is None or self.check.holds(account))


class Billers(Document, frozen=True):
    """All billers."""

    billers: tuple[Biller, ...] = ()

    def find(self, biller: str) -> Biller | None:
        """The biller with this 4-digit id."""
        return next((one for one in self.billers if one.biller == biller), None)


class Article(Document, frozen=True):
    """A thing sold at the counter from the till's stock. VAT is contained in the price."""

    sku: str
    names: Names
    group: str
    price_qapik: int
    vat_ppm: int
    barcode: str = ""


class Goods(Document, frozen=True):
    """The catalogue of postal goods."""

    articles: tuple[Article, ...] = ()

    def find(self, sku: str) -> Article | None:
        """The article with this stock-keeping unit."""
        return next((one for one in self.articles if one.sku == sku), None)


class Settings(Document, frozen=True):
    """Dated settings of the centre; no law fixes these figures.

    Attributes:
        till_qapik_max: drawer limit.
        allowances_qapik: exposure off line by service (PROTOCOL.md 7).
        reversal_minutes_max: same-day window for reversing a line.
        idle_lock_seconds: idle time before the screen locks.
        dispute_days: how long the centre has to answer a dispute.
        quote_minutes: how long a quoted price stands.
        screening_required: whether transfers stop where no watch list was ever imported.
        screening_days_max: how old a watch list may be before transfers stop.
        transfer_days_max: how long a transfer waits for its receiver [design: 30 days, as in the region].
        refund_days_max: and then for its sender, before it is kept apart as unclaimed.
        ahead_count_max: how many transfers a desk may reserve ahead of their receivers.
        ahead_qapik_max: and of what value together.
        ahead_hours_max: how old such a reservation may be when it is paid off line.
        ahead_payout_qapik_max: the largest one that is paid off line.
        biller_refusals_in_a_row_max: more noes of a biller than these pause it; customers' own wrong accounts
            are found before anything is sent [design].
        biller_refused_ppm_max: a larger share of an hour's final answers does so too [design: four fifths],
        biller_answers_min: once there are so many of them.
        reminder_days: so many days before a transfer goes back its sender is reminded, who bought advice;
            0 = never.
        qr_minutes: how long a code on the screen may be paid; 0 = none is shown.
    """

    till_qapik_max: int = 500_000
    allowances_qapik: dict[str, int] = {}
    reversal_minutes_max: int = 24 * 60
    idle_lock_seconds: int = 300
    payment_unknown_minutes_max: int = 24 * 60
    difference_qapik_manager: int = 500
    dispute_days: int = 10
    quote_minutes: int = 30
    screening_required: bool = False
    screening_days_max: int = 30
    transfer_days_max: int = 30
    refund_days_max: int = 30
    ahead_count_max: int = 30
    ahead_qapik_max: int = 500_000
    ahead_hours_max: int = 24
    ahead_payout_qapik_max: int = 100_000
    biller_refusals_in_a_row_max: int = 10
    biller_refused_ppm_max: int = 800_000
    biller_answers_min: int = 30
    reminder_days: int = 0
    qr_minutes: int = 0
    purposes: tuple[str, ...] = ("family", "goods", "services", "study", "other")


class Signing(Document, frozen=True):
    """Whose electronic signatures count.

    Attributes:
        issuers: certificates (PEM) of the issuers the centre trusts; without any, nobody vouches for a name.
        certificates: officer → SHA-256 of the certificates (DER, hex) given to them; an officer who is not
            named here registers their own by using it.
    """

    issuers: tuple[str, ...] = ()
    certificates: dict[str, tuple[str, ...]] = {}


class MoneyLaundering(Document, frozen=True):
    """Figures of the rules in `domain.aml`; the threshold is the law's, the rest the operator's [design].

    Attributes:
        threshold_qapik: from here on a sum, at once or linked, is reported.
        linked_days: windows in which transfers of one person count together.
        just_below_percent: how near below the threshold counts as just below it.
        just_below_count: how many such make a series.
        many_people: so many others within `many_days` are many.
        branches_count: so many branches in a day, with `branches_qapik_min` together.
        in_and_out_percent: so much of what came in, sent on within a day.
        day_qapik_max: what one person may send in 24 hours, over all branches; 0 = no limit.
        month_qapik_max: and in 30 days.
    """

    threshold_qapik: int = 2_000_000
    linked_days: tuple[int, ...] = (1, 7, 30)
    just_below_percent: int = 90
    just_below_count: int = 3
    many_people: int = 5
    many_days: int = 7
    branches_count: int = 3
    branches_qapik_min: int = 500_000
    in_and_out_percent: int = 80
    day_qapik_max: int = 0
    month_qapik_max: int = 0


class ListState(Document, frozen=True):
    """The newest version of a watch list; `as_of_ms` is when it was imported (UTC ms)."""

    source: str
    version: int
    entries: int
    as_of_ms: int


class WatchState(Document, frozen=True):
    """Which watch lists the centre screens by, and how old they are."""

    lists: tuple[ListState, ...] = ()

    def is_too_old(self, now_ms: int, settings: Settings) -> bool:
        """Whether nobody may send by these lists any more; without any, whether lists are required."""
        if not self.lists:
            return settings.screening_required
        oldest_ms = min(one.as_of_ms for one in self.lists)
        return now_ms - oldest_ms > settings.screening_days_max * 24 * 3_600_000


class Term(Document, frozen=True):
    """How long one group of personal data is kept after the operation, and by what.

    `group` is a group of attachments (domain.people), or ``*`` for every one that is not named. A `demo` term
    is nobody's law: the client has to confirm it.
    """

    group: str
    years: int
    basis: str
    demo: bool = True


# [source: fiu.az, page for postal enterprises that make transfers] documents of identification and of
# operations are kept at least five years. For everything else no public figure was found: demo terms.
_FIU: Final = "AML/CFT, fiu.az: ≥ 5"
KEPT_AT_LEAST: Final = {"parties": 5, "parties_abroad": 5, "receiver": 5, "customer": 5}


class Retention(Document, frozen=True):
    """The legal terms. Without this document the defaults count.

    Whatever the centre sends, nothing is kept shorter than `KEPT_AT_LEAST`: neither a slip in the document
    nor a centre that was broken into may empty the counters.
    """

    terms: tuple[Term, ...] = (
        Term(group="parties", years=5, basis=_FIU, demo=False),
        Term(group="parties_abroad", years=5, basis=_FIU, demo=False),
        Term(group="receiver", years=5, basis=_FIU, demo=False),
        Term(group="customer", years=5, basis=_FIU, demo=False),
        Term(group="account", years=5, basis="DEMO"),
        Term(group="addresses", years=3, basis="DEMO"),
        Term(group="note", years=3, basis="DEMO"),
        Term(group="*", years=10, basis="DEMO"),
    )

    def of(self, group: str) -> Term:
        """The term of a group, never below the law's; where the centre named none at all, ten years."""
        named = {term.group: term for term in self.terms}
        term = named.get(group) or named.get("*") or Term(group="*", years=10, basis="DEMO")
        least = KEPT_AT_LEAST.get(group, 1)
        return term if term.years >= least else msgspec.structs.replace(term, years=least)
