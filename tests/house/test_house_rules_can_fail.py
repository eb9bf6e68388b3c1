"""Each house rule is fed a bad sample: a rule that cannot fail guards nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grimp
import pytest
from PySide6.QtWidgets import QWidget

from azpost_desk.gui.work.guards import guarded
from tests.house import code_rules, import_rules, text_rules
from tests.house.text_rules import Sentence

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

pytestmark = pytest.mark.fast

BAD_LINES = {
    "azpost_desk/gui/kit/person.py": [
        "app.processEvents()",
        "worker = QThread(self)",
        "QTimer.singleShot(0, go)",
        "dialog.exec()",
        "self.setStyleSheet('x')",
        "QMessageBox.warning(self)",
        "import azpost_desk  # noqa",
        "x = y  # type: ignore",
        "x = 1  # TODO later",
    ],
    "azpost_desk/services/transfers.py": [
        "time.sleep(1)",
        "from time import monotonic, sleep",
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "time.time()",
        "price = float(typed)",
        "print(price)",
        "from PySide6.QtCore import Qt",
        "if typed.isnumeric():",
        "name = biller.names.get(language, biller.biller)",
        "name = row.names[place.language]",
        "if not reason.strip():",
        "if not getattr(person, name).strip():",
    ],
    "azpost_desk/gui/shell/basket_panel.py": ["if event.text().isdigit():"],
    "azpost_desk/gui/screens/tills/form.py": [
        "with counter.books.reading() as books:",
        "with session.services.counter.books.writing() as books:",
        "check = desk.counter.books.check",
        "from azpost_desk.services.ports import Line, Reading",
    ],
    "azpost_desk/central/held.py": [
        'after = TRANSFER[state, "granted"]',
        "after = PAYMENT.get(what)",
        "if not told[name].strip() or a:",
    ],
    "azpost_desk/domain/scans.py": ["good = code.isdecimal()", "any(map(str.isdigit, code))"],
    "azpost_desk/programs/salvage.py": ["key = key_file.read_text('ascii')", "it = path.read_bytes()"],
    "tests/gui/test_person.py": ["qtbot.wait(100)", "time.sleep(1)"],
}
BAD_SAMPLES = [(path, line) for path, lines in BAD_LINES.items() for line in lines]


@pytest.mark.parametrize(("path", "line"), BAD_SAMPLES)
def test_each_banned_pattern_is_seen(path: str, line: str) -> None:
    assert code_rules.banned_faults(path, line + "\n")


def test_each_rule_of_the_table_is_among_the_samples() -> None:
    for rule in code_rules.BANNED:
        assert any(code_rules.banned_faults(path, line + "\n", (rule,)) for path, line in BAD_SAMPLES), (
            f"no bad sample for {rule.pattern}"
        )


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("azpost_desk/gui/work/runner.py", "worker = QThread(self)"),
        ("azpost_desk/gui/kit/dialogs.py", "dialog.exec()"),
        ("azpost_desk/programs/check.py", "print(verdict)"),
        ("azpost_desk/services/tills.py", "with self.counter.books.reading() as books:"),
        ("azpost_desk/gui/shell/frame.py", "from azpost_desk.services.ports import Line"),
        ("azpost_desk/services/transfers.py", '"""Neither time.sleep(1) nor print(it) nor float."""'),
        ("azpost_desk/services/transfers.py", "# datetime.now() would ask the PC's clock"),
        ("azpost_desk/gui/kit/person.py", "x = y  # type: ignore[arg-type]"),
        ("azpost_desk/domain/invariants.py", "return isinstance(value, float)"),
        ("azpost_desk/documents/labels.py", "width_mm = float(modules)"),
    ],
)
def test_exceptions_comments_and_strings_are_no_fault(path: str, line: str) -> None:
    assert not code_rules.banned_faults(path, line + "\n")


@pytest.mark.parametrize(
    ("statement", "is_fault"),
    [
        ("update transfers set state = 'held' where transfer = %s", True),
        ("update payments set next_ms = null, state = 'reversed' where payment = %s", True),
        ("update transfers set state = case state when 'reserved' then 'in_doubt' end", True),
        ("insert into remittances values (%s) on conflict do update set state = excluded.state", True),
        ("update transfers set state = %s where state = 'available'", False),
        ("update payments set next_ms = null where state = 'accepted'", False),
        ("select state from transfers where state = 'open'", False),
    ],
)
def test_a_statement_that_sets_a_state_by_itself_is_seen(statement: str, is_fault: bool) -> None:
    # Taken apart as we write it: over two lines.
    begin, end = statement[: len(statement) // 2], statement[len(statement) // 2 :]
    text = f'conn.execute(\n    "{begin}"\n    "{end}"\n)\n'
    assert bool(code_rules.state_faults("azpost_desk/central/held.py", text)) == is_fault
    assert not code_rules.state_faults("tests/central/test_held.py", text)


def test_a_pattern_that_takes_digits_of_every_script_is_seen() -> None:
    for bad in (
        r'X = re.compile(r"a\d+")',
        r'X = "\\d{4}"',
        r'X = rf"{name}\d"',
        r're.sub(r"\D", "", typed)',
    ):
        assert code_rules.digit_faults("azpost_desk/domain/scans.py", bad), bad
    for good in (r'X = re.compile(r"[0-9]+")', r'X = re.compile(rb"\d")', r'"""About \\d in words."""'):
        assert not code_rules.digit_faults("azpost_desk/domain/scans.py", good), good


def test_an_override_of_qt_that_is_not_guarded_is_seen() -> None:
    class Bare(QWidget):
        def keyPressEvent(self, event: QKeyEvent) -> None: ...

    class Safe(QWidget):
        @guarded
        def keyPressEvent(self, event: QKeyEvent) -> None: ...

    assert code_rules.override_faults(Bare) == [f"{__name__}.Bare.keyPressEvent: put @guarded over it"]
    assert not code_rules.override_faults(Safe)
    assert not code_rules.override_faults(QWidget)


@pytest.mark.parametrize(
    "planted",
    [
        "try:\n    go()\nexcept msgspec.DecodeError:\n    pass\n",
        "try:\n    go()\nexcept msgspec.MsgspecError as bad:\n    pass\n",
        "try:\n    go()\nexcept (msgspec.DecodeError, RecursionError):\n    pass\n",
        "try:\n    go()\nexcept (\n    KeyError,\n    msgspec.ValidationError,\n):\n    pass\n",
        "UNUSABLE = (NotTaken, msgspec.DecodeError, OverflowError)\n",
    ],
)
def test_catching_what_does_not_decode_and_not_what_is_no_text_is_seen(planted: str) -> None:
    assert code_rules.undecoded_faults("azpost_desk/services/transfers.py", planted)
    for name in ("msgspec.DecodeError", "msgspec.MsgspecError", "msgspec.ValidationError"):
        planted = planted.replace(f"except {name}", f"except ({name}, UnicodeDecodeError)")
        planted = planted.replace(f", {name}", f", UnicodeDecodeError, {name}")
        planted = planted.replace(f"    {name},\n", f"    {name},\n    ValueError,\n")
        planted = planted.replace(f"({name}, R", f"({name}, UnicodeDecodeError, R")
    assert not code_rules.undecoded_faults("azpost_desk/services/transfers.py", planted)


@pytest.mark.parametrize("caught", [" Exception", " BaseException as bad", " (OSError, Exception)", ""])
def test_catching_everything_is_seen_unless_it_is_raised_again(caught: str) -> None:
    handler = f"try:\n    go()\nexcept{caught}:\n    undo()\n"
    assert code_rules.swallow_faults("azpost_desk/services/transfers.py", handler)
    assert not code_rules.swallow_faults("azpost_desk/services/transfers.py", handler + "    raise\n")
    assert not code_rules.swallow_faults("azpost_desk/gui/work/runner.py", handler)


def test_a_match_over_lines_that_lets_a_new_one_pass_is_seen() -> None:
    match = "match line:\n    case ops.GoodsSold():\n        go()\n    case {}:\n        pass\n"
    assert code_rules.wildcard_faults("azpost_desk/storage/people.py", match.format("_"))
    assert not code_rules.wildcard_faults("azpost_desk/storage/people.py", match.format("ops.ItemAccepted()"))
    other = match.replace("ops.GoodsSold", "ops.DayClosed").format("_")
    assert not code_rules.wildcard_faults("azpost_desk/storage/people.py", other)


def test_long_files_functions_and_lines_are_seen() -> None:
    body = "".join(f"    x = {number}\n" for number in range(code_rules.FUNCTION_LINES_MAX))
    assert code_rules.size_faults("a.py", "def f():\n" + body)
    assert code_rules.size_faults("a.py", "x = 1\n" * (code_rules.FILE_LINES_MAX + 1))
    assert code_rules.size_faults("a.py", f"x = '{'y' * code_rules.LINE_CHARACTERS_MAX}'\n")
    assert not code_rules.size_faults("a.py", "x = 1\n")


def test_empty_names_are_seen() -> None:
    assert code_rules.name_faults("azpost_desk/services/utils.py")
    assert code_rules.name_faults("azpost_desk/common/people.py")
    assert not code_rules.name_faults("azpost_desk/services/people.py")


def test_modules_that_begin_without_their_noun_are_seen() -> None:
    path = "azpost_desk/domain/till_as_of.py"
    for bad in ("import re\n", '"""It folds the till."""\n', '"""Where somebody begins."""\n'):
        assert code_rules.opening_faults(path, bad), bad
    for good in ("", '"""A till as of a moment."""\n', '"""Itemised receipts."""\n'):
        assert not code_rules.opening_faults(path, good), good


def test_a_name_that_has_meant_two_things_is_seen() -> None:
    path = "azpost_desk/central/accepted.py"
    assert code_rules.twice_named_faults(path, "class Written:\n")
    assert code_rules.twice_named_faults(path, "class Wanted(Struct):\n")
    assert not code_rules.twice_named_faults(path, "class AcceptedRecord:\n    Written = 1\n")


def test_rooms_and_map_must_agree() -> None:
    architecture = "- `domain/`: What is true.\n"
    assert not code_rules.room_faults(architecture, {"domain/": "What is true."})
    assert code_rules.room_faults(architecture, {"domain/": "What is said."})
    assert code_rules.room_faults(architecture, {"domain/": None})
    assert code_rules.room_faults(architecture, {})
    assert code_rules.room_faults(architecture, {"domain/": "What is true.", "cellar/": "What is hidden."})


def test_forbidden_imports_are_seen_also_through_a_friend() -> None:
    graph = grimp.ImportGraph()
    graph.add_import(importer="azpost_desk.domain.reports_bodies", imported="azpost_desk.domain.friend")
    assert not import_rules.apart_faults(graph)
    graph.add_import(importer="azpost_desk.domain.friend", imported="azpost_desk.domain.postings")
    assert import_rules.apart_faults(graph)
    graph = grimp.ImportGraph()
    graph.add_import(importer="azpost_desk.rehearsal.day", imported="azpost_desk.gui.shell")
    graph.add_import(importer="azpost_desk.gui.shell", imported="azpost_desk.services.transfers")
    assert not import_rules.apart_faults(graph)
    graph.add_import(importer="azpost_desk.rehearsal.day", imported="azpost_desk.services.transfers")
    assert import_rules.apart_faults(graph)


def spoken(az: str, ru: str, en: str, key: str = "a.b") -> dict[str, dict[str, Sentence]]:
    sentences = {"az": az, "ru": ru, "en": en}
    return {language: {key: Sentence(f"{language}.po:1", says)} for language, says in sentences.items()}


def test_gaps_in_catalogues_are_seen() -> None:
    assert not text_rules.catalogue_faults(spoken("Salam, {name}", "Привет, {name}", "Hello, {name}"))
    assert text_rules.catalogue_faults(spoken("Salam, {name}", "Привет, {who}", "Hello, {name}"))
    assert text_rules.catalogue_faults(spoken("", "Привет", "Hello"))
    assert text_rules.catalogue_faults(spoken("{name}-a ver", "Дай: {name}", "Give {name}"))
    assert text_rules.catalogue_faults(spoken("Salam", "Привет", "Hello") | {"ru": {}})


def test_an_english_word_in_russian_is_seen() -> None:
    assert text_rules.untranslated_faults(spoken("Səbət", "Ваш basket", "Your basket"))
    assert not text_rules.untranslated_faults(spoken("Enter: {total}", "Enter: {total}", "Enter: {total}"))


def test_cyrillic_in_azerbaijani_is_seen() -> None:
    assert text_rules.script_faults(spoken("\u041aassa", "Касса", "Till"))
    assert not text_rules.script_faults(spoken("Kassa", "Касса", "Till"))
    assert not text_rules.script_faults(spoken("Русский", "Русский", "Русский", key="language.ru"))


@pytest.mark.parametrize(
    "code",
    [
        'raise Refused("T-999")',
        'return NeedsConfirmation("T-999", "manager")',
        'CODES = {"late": "T-999"}',
        'texts.t("no.such.key", name=name)',
        'texts.t("a.b" if fine else "no.such.key")',
    ],
)
def test_keys_without_a_sentence_are_seen(code: str) -> None:
    assert text_rules.key_faults("a.py", code, spoken("Salam", "Привет", "Hello"))


def test_known_and_computed_keys_are_no_fault() -> None:
    code = 'texts.t("a.b"); texts.t(f"kind.{kind}")'
    assert not text_rules.key_faults("a.py", code, spoken("Salam", "Привет", "Hello"))


def test_in_the_window_every_constant_like_a_key_counts() -> None:
    sentences = spoken("Salam", "Привет", "Hello")
    assert text_rules.key_faults("azpost_desk/gui/a.py", 'Label("a.c")', sentences)
    assert not text_rules.key_faults("azpost_desk/gui/a.py", 'Label("a.b"); name = "b.c"', sentences)
    names = text_rules.dotted_names({"azpost_desk/domain/a.py": 'KIND = "a.c"'})
    assert not text_rules.key_faults("azpost_desk/gui/a.py", 'kind == "a.c"', sentences, names)


def test_missing_values_are_seen() -> None:
    sentences = spoken("{name} gəlir", "{name} идёт", "{name} comes", key="refusal.T-001")
    assert text_rules.fact_faults("a.py", 'raise Refused("T-001", "amount")', sentences)
    assert not text_rules.fact_faults(
        "a.py", 'raise Refused("T-001", name=name); Refused(code, **facts)', sentences
    )
    assert text_rules.fact_faults("a.py", 'texts.t("refusal.T-001", nmae=name)', sentences)
    assert not text_rules.fact_faults("a.py", 'raise Refused("T-001", **facts)', sentences)


def test_look_alikes_and_invisible_letters_are_seen() -> None:
    assert text_rules.letter_faults("a.py", "p\u0430y = 1")
    assert text_rules.letter_faults("a.py", "x = 1  # \u202e evil")
    assert text_rules.letter_faults("tests/a.py", "x = 1  # \u202e evil")
    assert not text_rules.letter_faults("tests/a.py", "p\u0430y = 1")
    assert not text_rules.letter_faults("a.py", "Kassa · Касса · ₼")


@pytest.mark.parametrize("host", ["https://py\u0070i.org/simple", "files.python\u0068osted.org"])
def test_package_hosts_and_machine_paths_are_seen(host: str) -> None:
    assert text_rules.address_faults("a.md", f"from {host}")
    assert text_rules.address_faults("a.md", "see /\u0068ome/leyla/project")
    assert not text_rules.address_faults("a.md", "azpost_desk/gui/work/runner.py, https://www.azerpost.az/")


@pytest.mark.parametrize(
    "lock",
    ["--index-url https://x/simple\n", "msgspec==0.22.0\n", "msgspec>=0.22 \\\n    --hash=sha256:00\n"],
)
def test_loose_locks_are_seen(lock: str) -> None:
    assert text_rules.lock_faults("linux.txt", lock)
    assert not text_rules.lock_faults("linux.txt", "msgspec==0.22.0 \\\n    --hash=sha256:00\n")


@pytest.mark.parametrize("wish", ["msgspec>=0.30", "msgpack>=1", "psycopg[binary]>=4"])
def test_a_lock_that_lags_behind_is_seen(wish: str) -> None:
    lock = "msgspec==0.22.0 \\\n    --hash=sha256:00\npsycopg==3.3.9 \\\n    --hash=sha256:00\n"
    assert text_rules.lag_faults("linux.txt", lock, [wish])
    assert not text_rules.lag_faults("linux.txt", lock, ["msgspec>=0.22", "psycopg[binary]>=3.3"])


def test_a_package_that_nothing_imports_is_seen() -> None:
    assert text_rules.unused_faults(["msgspec>=0.22"], {"a.py": "import re\nfrom msgspecs import json\n"})
    assert text_rules.unused_faults(["no-such-package>=1"], {"a.py": "import msgspec\n"})
    assert not text_rules.unused_faults(["msgspec>=0.22"], {"a.py": "    from msgspec import json\n"})
    assert not text_rules.unused_faults(["pytest-xdist>=3"], {})


def test_a_stray_file_at_the_top_is_seen() -> None:
    assert text_rules.top_level_faults(["azpost_desk/places.py", "notes.txt"])
    assert not text_rules.top_level_faults(["azpost_desk/places.py", "README.md", ".ci/run"])
