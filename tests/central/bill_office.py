"""A centre with one biller behind a real socket and one enrolled desk, for tests of what becomes of bills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.central import held
from azpost_desk.central.app import Centre
from azpost_desk.central.book import Book
from azpost_desk.central.gateways.osmp import OsmpBiller
from azpost_desk.central.registry import branches, enrolment
from azpost_desk.central.storage.database import one
from azpost_desk.domain import operations as ops
from azpost_desk.domain.catalogue import Branch
from azpost_desk.rehearsal.providers import DEMO_BILLERS, SandboxProvider
from tests.central.desks import SimDesk

if TYPE_CHECKING:
    from azpost_desk.central.gateways.connectors import Connector
    from tests.central.desks import ManualClock

BILLER = str(DEMO_BILLERS[0]["id"])
ACCOUNT = str(next(iter(DEMO_BILLERS[0]["accounts"])))


class Office:
    """A centre with one biller and one enrolled desk; payments are delivered when the test says so."""

    def __init__(
        self,
        dsn: str,
        clock: ManualClock,
        provider: SandboxProvider,
        *,
        connected: bool = True,
        has_status: bool = True,
        portals: dict[str, Connector] | None = None,
    ) -> None:
        biller = OsmpBiller(
            provider.url, now_ms=clock.utc_ms, prv_id=BILLER, has_status=has_status, connect_s=2, answer_s=2
        )
        self.dsn = dsn
        self.biller = biller
        self.clock = clock
        self.provider = provider
        billers: dict[str, Connector] = {BILLER: biller} if connected else {}
        self.centre = Centre(dsn, clock=clock, billers=billers | (portals or {}))
        url = self.centre.start()
        with self.centre.database.transaction() as conn:
            branch = Branch(code="2002", name="2002", address="", postcode="AZ2002")
            branches.create_branch(conn, branch, clock.utc_ms())
            code = enrolment.enrolment_code(conn, branches.add_desk(conn, "2002", 1), clock.utc_ms())
        self.desk = SimDesk(url, clock)
        self.desk.enrol(code)

    def pay(
        self, amount_qapik: int = 2_500, account: str = ACCOUNT, contact: str = ""
    ) -> ops.PaymentAccepted:
        line = self.desk.take_bill(account, amount_qapik, BILLER, contact=contact)
        self.hear()
        return line

    def hear(self) -> None:
        self.desk.exchange()
        self.centre.settle()
        self.desk.exchange()

    def later(self, seconds: int) -> None:
        self.clock.now_ms += seconds * 1000
        self.hear()

    def results(self) -> list[tuple[str, str]]:
        return [(told["payment"], told["outcome"]) for told in self.desk.told("payment.result")]

    def row(self, payment: str) -> tuple[str, int]:
        with self.centre.database.transaction() as conn:
            found = one(conn, "select state, attempts from payments where payment = %s", (payment,))
        return found[0], found[1]

    def refund(self, line: ops.PaymentAccepted) -> None:
        """The desk pays the customer back."""
        paid = line.amount_qapik + line.fee_qapik
        refund = ops.PaymentRefunded(
            operation=self.desk.new_id(), payment=line.operation, biller=BILLER, amount_qapik=paid
        )
        self.desk.settle(refund)
        self.hear()

    def messages(self) -> list[tuple[str, str, str]]:
        """Whom the payers' messages tell: about, contact, state; nothing serves them here."""
        with self.centre.database.transaction() as conn:
            return conn.execute("select about, contact, state from messages order by made_ms").fetchall()

    def reasons(self) -> list[str]:
        """The exceptions list, in its order."""
        with self.centre.database.transaction() as conn:
            return [row[0] for row in conn.execute("select reason from exceptions order by exception")]

    def decide(self, payment: str, decision: str) -> str:
        """Two people decide; the desk hears of it."""
        book = Book(self.dsn, self.clock)
        people = ("A. Aliyev", "B. Babayeva")
        try:
            with self.centre.database.transaction() as conn:
                after = held.decide(
                    conn, book, payment, decision, people, "the register", self.clock.utc_ms()
                )
        finally:
            book.close()
        self.hear()
        return after

    def balance(self, account: str) -> int:
        """What an account stands at in all books, qəpik."""
        with self.centre.database.transaction() as conn:
            question = "select coalesce(sum(minor), 0)::bigint from postings where account = %s"
            return int(one(conn, question, (account,))[0])
