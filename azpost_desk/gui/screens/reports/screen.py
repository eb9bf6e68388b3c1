"""F8: the branch's day in cards, bars and a table; at the right who still has to close, and closing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from azpost_desk.domain.money import azn
from azpost_desk.domain.staff import Permission
from azpost_desk.gui.kit.cards import Card, heading
from azpost_desk.gui.kit.charts import Bar, BarChart
from azpost_desk.gui.kit.disputing import Shown, ask_dispute
from azpost_desk.gui.kit.labels import Label
from azpost_desk.gui.kit.screens import Action, Screen, Session
from azpost_desk.gui.kit.tables import Table
from azpost_desk.gui.kit.theme import GAP_WIDE
from azpost_desk.gui.kit.words import follow, language, phrase, plain, refusal, say
from azpost_desk.gui.screens.reports import actions, form
from azpost_desk.gui.screens.reports.side import CloseSheet, ReportSide, StoredSheet
from azpost_desk.gui.screens.reports.signing import SigningSheet
from azpost_desk.gui.screens.reports.supplementing import SupplementBar
from azpost_desk.gui.screens.reports.table import mail_columns, matter_columns, said, service_columns
from azpost_desk.gui.work.runner import Operation, Runner
from azpost_desk.services.report_papers import report_paper
from azpost_desk.services.views import Found

if TYPE_CHECKING:
    from azpost_desk.domain.papers import ReportMail
    from azpost_desk.domain.refusals import Refused
    from azpost_desk.domain.signatures import Standing
    from azpost_desk.gui.kit.labels import Tone
    from azpost_desk.gui.screens.reports.form import OpenMatter, Picture, ServiceRow
    from azpost_desk.services.reports import DayReport
    from azpost_desk.services.slips import Announced
    from azpost_desk.services.views import Recorded

_CHART_PX: Final = 120
_CARDS: Final = ("operations", "cash", "electronic", "difference")


class ReportsScreen(Screen):
    """The report of the open day, or of the last closed one, as of now."""

    name = "reports"
    place = 70
    opens = ("close",)
    words = "reports.screen.title"
    icon = "chart-column"
    key = "F8"
    permission = Permission.SEE_REPORTS

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._picture: Picture | None = None
        self._entered = False
        self._confirm: CloseSheet | None = None
        self._stored: StoredSheet | None = None
        self.signing: SigningSheet | None = None
        head, self._title, self._as_of = heading("reports.screen.title", plain(" "))
        self._warning = Label("", "strong", wrap=True)
        self.figures = {name: _Figure(f"reports.screen.card.{name}") for name in _CARDS}
        self.chart = BarChart("reports.screen.chart", lambda qapik: language().texts.amount(azn(qapik)))
        self.chart.setMaximumHeight(_CHART_PX)
        self.services: Table[ServiceRow] = Table(
            service_columns(), name="reports.screen.by_service", empty="reports.screen.empty"
        )
        self.matters: Table[OpenMatter] = Table(
            matter_columns(), name="reports.screen.matters", empty="reports.screen.matters.empty", card=False
        )
        self.mail: Table[ReportMail] = Table(
            mail_columns(), name="reports.screen.mail", empty="reports.screen.mail.empty", card=False
        )
        self.mail.chosen.connect(lambda line: session.opened.emit(line.place, None))
        self.panel = ReportSide(session)
        self.panel.print_interim.clicked.connect(self._on_print)
        self.panel.close_day.clicked.connect(self._on_close)
        self.panel.date_chosen.connect(self._on_past)
        self.panel.dispute.clicked.connect(self._on_dispute)
        self.panel.sign.clicked.connect(self._on_sign)
        self._content = QScrollArea()
        self._build(head)
        Runner.current().changed.connect(self._on_changed)
        follow(self, self._show)

    def _build(self, head: QWidget) -> None:
        inside = QWidget()
        inside.setProperty("role", "scrolled")
        column = QVBoxLayout(inside)
        # A scroll bar stands beside the cards, not on their edge.
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(12)
        cards = QHBoxLayout()
        cards.setSpacing(12)
        for figure in self.figures.values():
            cards.addWidget(figure, 1)
        column.addLayout(cards)
        self.bars = bars = Card("reports.screen.chart")
        bars.grid.addWidget(self.chart, 0, 0)
        column.addWidget(bars)
        column.addWidget(self.services)
        mail = Card("reports.screen.mail")
        mail.grid.addWidget(self.mail, 0, 0)
        column.addWidget(mail)
        matters = Card("reports.screen.matters")
        matters.grid.addWidget(self.matters, 0, 0)
        column.addWidget(matters)
        column.addStretch()
        scroll = self._content
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GAP_WIDE)
        whole.addWidget(head)
        whole.addWidget(self._warning)
        whole.addWidget(scroll, 1)
        whole.addStretch()

    # --- what the frame asks ------------------------------------------------------------------------------

    def actions_here(self) -> list[Action]:
        """See `Screen.actions_here`."""
        every = actions.actions(self.panel.ask_date, self._on_dispute)
        return [action for action in every if self.session.may(action.permission)]

    def enter(self, argument: object = None) -> None:
        """Compute the day anew; the slip of another desk's close counts first."""
        if isinstance(argument, Found) and argument.kind == "close":
            self._read_slip(argument.key)
            return
        self._entered = True
        self.reload()

    def side(self) -> QWidget:
        """See `Screen.side`."""
        return self.panel

    # --- showing ------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Compute the report as of now, off the main thread."""
        services, by, code = self.session.services, self.session.by, language().code
        Operation(self, lambda: form.look(services, by, code)).succeeded(self._on_read).refused(
            self._on_none
        ).start()

    def _on_read(self, picture: Picture) -> None:
        self._picture = picture
        self._show()
        if self._entered and self._confirm is None and self._stored is None:
            # An empty table is hidden and takes no focus.
            first = self.services if picture.services else self.panel.print_interim
            first.setFocus(Qt.FocusReason.OtherFocusReason)
        self._entered = False

    def _on_none(self, error: Refused) -> None:
        self._picture = None
        self._warning.say(refusal(error), "warn")
        self._warning.show()
        self._content.hide()
        self.panel.show_nothing()
        self.panel.ask_date()

    def _on_changed(self, _topics: frozenset[str]) -> None:
        if self.isVisible():
            self.reload()

    def _show(self) -> None:
        picture = self._picture
        self._warning.setVisible(picture is None)
        if picture is None:
            return
        self._content.show()
        texts = language().texts
        time = texts.time(picture.paper.as_of)
        self._title.say(phrase("reports.screen.title_of", date=picture.date))
        stage = "closed" if picture.closed else "interim"
        self._as_of.say(
            phrase(
                f"reports.screen.as_of.{stage}",
                branch=picture.paper.branch,
                desks=len(picture.desks),
                at=phrase("reports.screen.at", time=time),
            )
        )
        self._as_of.show()
        self._show_warning(picture)
        self._show_figures(picture)
        desks = ", ".join(map(str, picture.paper.without_hours))
        self.bars.say(
            phrase("reports.screen.chart_without", desks=desks) if desks else "reports.screen.chart"
        )
        self.chart.show_bars(
            ("reports.screen.cash", "reports.screen.other"),
            [Bar(plain(str(hour.hour)), (hour.cash_qapik, hour.electronic_qapik)) for hour in picture.hours],
        )
        self.services.show_records(picture.services)
        self.services.fit_height()
        self.mail.show_records(picture.paper.mail)
        self.mail.fit_height()
        self.matters.show_records(picture.matters)
        self.matters.fit_height()
        self.panel.show_picture(picture)

    def _show_warning(self, picture: Picture) -> None:
        lines = [say(said(words)) for words in picture.paper.provisional]
        if lines:
            lines.insert(0, say("reports.screen.provisional"))
        if picture.disagree:
            lines.append(say(phrase("refusal.R-002", figures=picture.disagree)))
        self._warning.say(plain(" · ".join(lines)), "bad" if picture.disagree else "warn")
        self._warning.setVisible(bool(lines))

    def _show_figures(self, picture: Picture) -> None:
        texts = language().texts
        share = picture.electronic_ppm
        self.figures["operations"].show_figure(texts.number(picture.operations))
        self.figures["cash"].show_figure(texts.money(picture.cash))
        self.figures["electronic"].show_figure("–" if share is None else texts.percent(share))
        if picture.open_tills:
            words = say(phrase("reports.screen.open_tills", count=picture.open_tills))
            self.figures["difference"].show_figure(words, "warn")
        else:
            tone: Tone = "bad" if picture.difference else "good"
            self.figures["difference"].show_figure(texts.money(picture.difference), tone)

    def _read_slip(self, code: str) -> None:
        services, by = self.session.services, self.session.by
        Operation(self, lambda: services.slips.announce_close(by, code)).changes("news").succeeded(
            self._on_slip
        ).refused(self._on_slip_refused).start()

    def _on_slip(self, told: Announced) -> None:
        word = "known" if told.known else "counted"
        self.session.notice(phrase(f"reports.screen.slip.{word}", number=told.number, date=told.date), "good")
        self.reload()

    def _on_slip_refused(self, error: Refused) -> None:
        self.session.tone("refused")
        self.session.notice(refusal(error), "bad", error.code)
        self.reload()

    # --- acting -------------------------------------------------------------------------------------------

    def _on_print(self) -> None:
        reports, by = self.session.services.reports, self.session.by

        def ready(report: DayReport) -> None:
            self.session.print_asked.emit(report_paper(report, language().code))

        Operation(self.panel.print_interim, lambda: reports.printable(by)).succeeded(ready).start()

    def _on_close(self) -> None:
        picture = self._picture
        if picture is None or picture.blocked is not None or self._confirm is not None:
            return
        self._confirm = CloseSheet(self, picture)
        self._confirm.main.clicked.connect(self._do_close)
        self._confirm.closed.connect(self._on_confirm_closed)
        self._confirm.open(self._confirm.main)

    def _do_close(self) -> None:
        sheet = self._confirm
        if sheet is None:
            return
        services, by = self.session.services, self.session.by
        # Held as a whole: a held Enter must not walk on to the button that leaves.
        Operation(sheet.main, lambda: services.reports.close_day(by, services.press)).holding(
            sheet
        ).succeeded(self._on_day_closed).refused(self._on_refused).changes("day", "till", "paper").start()

    def _on_day_closed(self, _recorded: Recorded) -> None:
        if self._confirm is not None:
            self._confirm.close_sheet()
        self.session.notice("reports.screen.closed", "good")

    def _on_refused(self, error: Refused) -> None:
        if self._confirm is not None:
            self._confirm.close_sheet()
        self.session.notice(refusal(error), "bad", error.code)

    def _on_confirm_closed(self) -> None:
        if self._confirm is not None:
            self._confirm.deleteLater()
            self._confirm = None

    def _on_past(self, date: str) -> None:
        services, by = self.session.services, self.session.by

        def show(kept: tuple[bytes, Standing]) -> None:
            content, standing = kept
            sheet = StoredSheet(self, date, content, standing)
            sheet.print_asked.connect(lambda: self.session.print_asked.emit(sheet.content))
            bar = SupplementBar(self.session, date, content)
            bar.chosen.connect(sheet.show_content)
            sheet.body.addWidget(bar)
            sheet.closed.connect(self._on_stored_closed)
            self._stored = sheet
            sheet.open(sheet.again)

        Operation(self.panel, lambda: form.past(services, by, date)).succeeded(show).refused(
            self.panel.show_refusal
        ).start()

    def _on_dispute(self) -> None:
        """Dispute a figure of the day that is shown."""
        picture, disputes = self._picture, self.session.services.disputes
        if picture is None:
            return

        def named() -> list[Shown]:
            found = disputes.report_figures(picture.date)
            return [Shown(one.figure, azn(one.value) if one.unit == "qapik" else one.value) for one in found]

        Operation(self.panel, named).succeeded(lambda shown: ask_dispute(self, self.session, shown)).start()

    def _on_sign(self) -> None:
        if self._picture is None or not self._picture.closed or self.signing is not None:
            return
        self.signing = SigningSheet(self, self.session, self._picture.date)
        self.signing.print_asked.connect(self.session.print_asked.emit)
        self.signing.closed.connect(self._on_signing_closed)
        self.signing.ask()

    def _on_signing_closed(self) -> None:
        if self.signing is not None:
            self.signing.deleteLater()
            self.signing = None

    def _on_stored_closed(self) -> None:
        if self._stored is not None:
            self._stored.deleteLater()
            self._stored = None


class _Figure(Card):
    """One large figure with what it is."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._figure = Label("", "big", wrap=True)
        self.grid.setVerticalSpacing(0)
        self.grid.addWidget(Label(words, "label", wrap=True), 0, 0)
        self.grid.addWidget(self._figure, 1, 0)
        # A name on two lines pushes no neighbour's figure down.
        self.grid.setRowStretch(1, 1)

    def show_figure(self, figure: str, tone: Tone = "") -> None:
        """Show another figure."""
        self._figure.say(plain(figure), tone)
