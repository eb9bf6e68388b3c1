"""All use cases of one desk, wired by the program and handed to the screens as one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from azpost_desk.services.abroad import Abroad
from azpost_desk.services.ahead import Ahead
from azpost_desk.services.approvals import Approvals
from azpost_desk.services.baskets import Baskets
from azpost_desk.services.cards import Cards
from azpost_desk.services.cash_bags import Bags
from azpost_desk.services.cash_counts import Counts
from azpost_desk.services.cash_notes import Notes
from azpost_desk.services.certificates import Certificates
from azpost_desk.services.charges import Charges
from azpost_desk.services.copies import Copies
from azpost_desk.services.corrections import Corrections
from azpost_desk.services.customers import Customers
from azpost_desk.services.declarations import Declarations
from azpost_desk.services.despatches import Despatches
from azpost_desk.services.disputes import Disputes
from azpost_desk.services.enquiries import Enquiries
from azpost_desk.services.erasure import Erasure
from azpost_desk.services.evidence import Evidence
from azpost_desk.services.explaining import Explaining
from azpost_desk.services.express import Express
from azpost_desk.services.finding import Finding
from azpost_desk.services.goods import Shop
from azpost_desk.services.history import History
from azpost_desk.services.incoming import Incoming
from azpost_desk.services.irregularities import Irregularities
from azpost_desk.services.keeping import Keeping
from azpost_desk.services.labels import Labels
from azpost_desk.services.licences import BranchLicences
from azpost_desk.services.mail_abroad import PostAbroad
from azpost_desk.services.mail_bags import MailBags
from azpost_desk.services.mail_bags_in import MailBagsIn
from azpost_desk.services.notices import Notices
from azpost_desk.services.number_slips import NumberSlips
from azpost_desk.services.opening_day import DayOpening
from azpost_desk.services.papers import Papers
from azpost_desk.services.papers_made import PapersMade
from azpost_desk.services.parking import Parking
from azpost_desk.services.payments import Payments
from azpost_desk.services.preflight import Preflight
from azpost_desk.services.qr import QrMoney
from azpost_desk.services.recovery import Recovery
from azpost_desk.services.refunds import Refunds
from azpost_desk.services.reports import Press, Reports
from azpost_desk.services.rounds import Rounds
from azpost_desk.services.searching import Records
from azpost_desk.services.signatures import ByHand, Draw, Signatures, Signer, undrawn
from azpost_desk.services.slips import Slips
from azpost_desk.services.staff import Staff
from azpost_desk.services.standing import DeskStanding
from azpost_desk.services.statements import Statements
from azpost_desk.services.supplements import Supplements
from azpost_desk.services.tills import Tills
from azpost_desk.services.tracking import Tracking
from azpost_desk.services.transfer_changes import TransferChanges
from azpost_desk.services.transfers import Transfers

if TYPE_CHECKING:
    from azpost_desk.services.counter import Counter
    from azpost_desk.services.ports import Hasher, Surroundings, Tray


@dataclass(frozen=True, slots=True)
class DeskServices:
    """What a clerk or manager may ask of this desk. `press` draws a report as PDF bytes."""

    counter: Counter
    press: Press
    staff: Staff
    days: DayOpening
    standing: DeskStanding
    licences: BranchLicences
    tills: Tills
    baskets: Baskets
    cards: Cards
    shop: Shop
    transfers: Transfers
    ahead: Ahead
    abroad: Abroad
    numbers: NumberSlips
    incoming: Incoming
    changes: TransferChanges
    payments: Payments
    state_notices: Notices
    statements: Statements
    express: Express
    tracking: Tracking
    customers: Customers
    reports: Reports
    papers: Papers
    finding: Finding
    history: History
    parking: Parking
    recovery: Recovery
    refunds: Refunds
    corrections: Corrections
    preflight: Preflight
    slips: Slips
    approvals: Approvals
    records: Records
    explaining: Explaining
    disputes: Disputes
    enquiries: Enquiries
    supplements: Supplements
    evidence: Evidence
    certificates: Certificates
    signatures: Signatures
    erasure: Erasure
    bags: Bags
    counts: Counts
    notes: Notes
    copies: Copies
    papers_made: PapersMade

    @property
    def labels(self) -> Labels:
        """Labels to be scanned back."""
        return Labels(self.counter)

    @property
    def declarations(self) -> Declarations:
        """Amendments of what was declared of items for abroad."""
        return Declarations(self.counter)

    @property
    def irregularities(self) -> Irregularities:
        """What is not as it should be with items and bags."""
        return Irregularities(self.counter)

    @property
    def mail_bags(self) -> MailBags:
        """Inland bags."""
        return MailBags(self.counter, self.tracking)

    @property
    def mail_bags_in(self) -> MailBagsIn:
        """Bags that come here."""
        return MailBagsIn(self.counter, self.tracking)

    @property
    def despatches(self) -> Despatches:
        """Despatches abroad that this desk owns."""
        return Despatches(self.counter, self.tracking)

    @property
    def rounds(self) -> Rounds:
        """Rounds of couriers."""
        return Rounds(self.counter, self.tracking)

    @property
    def charges(self) -> Charges:
        """Duty and cash on delivery."""
        return Charges(self.counter, self.baskets)

    @property
    def keeping(self) -> Keeping:
        """Items that wait here, by their last day."""
        return Keeping(self.counter)

    @property
    def post_abroad(self) -> PostAbroad:
        """Items for abroad."""
        return PostAbroad(self.counter, self.baskets)

    @property
    def qr(self) -> QrMoney:
        """Money by a code on the screen."""
        return QrMoney(self.counter, self.baskets)


def desk_services(
    counter: Counter,
    hasher: Hasher,
    press: Press,
    signer: Signer | None = None,
    draw: Draw | None = None,
    around: Surroundings | None = None,
    copies: Copies | None = None,
    tray: Tray | None = None,
) -> DeskServices:
    """`signer`: else by hand; `around`: the machine; `copies`: of the books; `tray`: papers as files."""
    return DeskServices(
        counter=counter,
        press=press,
        staff=Staff(counter, hasher),
        days=(days := DayOpening(counter)),
        standing=DeskStanding(counter),
        licences=BranchLicences(counter),
        tills=Tills(counter),
        baskets=(baskets := Baskets(counter)),
        cards=Cards(counter, baskets),
        shop=Shop(counter, baskets),
        transfers=(transfers := Transfers(counter, baskets)),
        abroad=Abroad(counter, baskets),
        numbers=NumberSlips(counter),
        incoming=Incoming(counter, baskets),
        ahead=Ahead(counter),
        changes=TransferChanges(counter, transfers),
        payments=Payments(counter, baskets),
        state_notices=Notices(counter, baskets),
        statements=Statements(counter),
        express=Express(counter, baskets),
        tracking=Tracking(counter, hasher),
        customers=Customers(counter),
        reports=Reports(counter),
        papers=(papers := Papers(counter)),
        finding=Finding(counter),
        history=History(counter),
        parking=Parking(counter, baskets),
        recovery=Recovery(counter),
        refunds=Refunds(counter),
        corrections=Corrections(counter),
        preflight=Preflight(counter, days, around),
        slips=Slips(counter),
        approvals=Approvals(counter),
        records=Records(counter),
        explaining=Explaining(counter),
        disputes=Disputes(counter),
        enquiries=Enquiries(counter, Disputes(counter)),
        supplements=Supplements(counter, Reports(counter)),
        evidence=Evidence(counter),
        certificates=Certificates(counter),
        erasure=Erasure(counter),
        signatures=Signatures(counter, papers, signer or ByHand(), draw or undrawn),
        bags=Bags(counter),
        counts=Counts(counter),
        notes=Notes(counter),
        copies=copies or Copies(counter.line),
        papers_made=PapersMade(counter, papers, draw or undrawn, tray),
    )
