"""Rules about our own Python: size, banned patterns, room sentences. Each takes text and gives faults."""

from __future__ import annotations

import ast
import inspect
import io
import re
import tokenize
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import get_args

from azpost_desk.domain.lines import AnyLine

ROOT = Path(__file__).resolve().parents[2]
FILE_LINES_MAX = 500
# One file on purpose: it is handed to a court and must need nothing beside it.
LONGER_ON_PURPOSE = {"azpost_desk/programs/verify.py": 900}
FUNCTION_LINES_MAX = 60
LINE_CHARACTERS_MAX = 110
BANNED_NAMES = {"utils", "util", "common", "helpers", "helper", "core", "misc", "manager", "managers"}


@dataclass(frozen=True, slots=True)
class Banned:
    """A pattern that must not stand in our code.

    Attributes:
        pattern: regular expression over one line.
        instead: the sentence shown, saying what to do.
        where: fnmatch patterns of repo paths the rule covers.
        allowed: fnmatch patterns that are the exception.
        comments: look in comments instead of code.
    """

    pattern: str
    instead: str
    where: tuple[str, ...] = ("azpost_desk/*",)
    allowed: tuple[str, ...] = ()
    comments: bool = False


EVERYWHERE = ("azpost_desk/*", "installer/*", "tests/*")
MONEY_ROOMS = tuple(
    f"azpost_desk/{room}/*"
    for room in (
        "domain",
        "protocol",
        "services",
        "storage",
        "central/intake",
        "central/registry",
        "central/storage",
    )
)
LOOPS_THAT_MUST_LIVE = (
    "azpost_desk/gui/work/*",
    "azpost_desk/programs/*",
    "azpost_desk/sync/*",
    "azpost_desk/central/intake/*",
)

BANNED = (
    Banned(
        r"\bprocessEvents\(",
        "hand long work to gui/work; re-entering the event loop sells twice",
        EVERYWHERE,
        # A bench is its own loop.
        allowed=("azpost_desk/rehearsal/bench_scan.py",),
    ),
    Banned(
        r"\bQThread\b|\bQTimer\b", "threads and timers live in gui/work", allowed=("azpost_desk/gui/work/*",)
    ),
    Banned(
        r"\.exec\(", "modal dialogs live in gui/kit/dialogs.py", allowed=("*/kit/dialogs.py", "*/programs/*")
    ),
    Banned(
        r"\.read_bytes\(\)|\.read_text\(",
        "what a person named may be a pipe or without end: files.content_of",
        ("azpost_desk/programs/*",),
        # Our own templates, the papers in the tray, what Linux says of this process.
        allowed=("*/central_branch.py", "*/desk_parts.py", "*/programs/desk.py", "*/demo*.py"),
    ),
    Banned(
        r"\.setStyleSheet\(", "looks come from tokens through gui/kit/theme.py", allowed=("*/kit/theme.py",)
    ),
    Banned(r"\bQMessageBox\b", "tell it beside the field or as a notice; a box stops the queue of people"),
    Banned(
        r"\btime\.sleep\(|\bfrom time import .*\bsleep\b", "wait on a condition, never on time", EVERYWHERE
    ),
    Banned(
        r"\bqtbot\.wait\(", "wait on a signal or condition: qtbot.waitUntil, qtbot.waitSignal", ("tests/*",)
    ),
    Banned(
        r"\butcnow\(|\bdatetime\.(now|today)\(|\bdate\.today\(|\btime\.time(_ns)?\(",
        "ask the Clock port; a wrong PC clock must not decide",
        # Programs are where the real clock is handed to the rooms.
        allowed=("*/clock.py", "azpost_desk/programs/*"),
    ),
    Banned(
        r"^(?!.*\bisinstance\().*\bfloat\b",
        "money is whole numbers of the smallest unit; rates are exact integers",
        MONEY_ROOMS,
    ),
    Banned(
        r"(?<![\w.])print\(", "only programs print; log, return or raise", allowed=("azpost_desk/programs/*",)
    ),
    Banned(
        r"#\s*noqa(?!: ?[A-Z]+\d)",
        "name the rule and say why: `# noqa: X123 - because`",
        EVERYWHERE,
        (),
        True,
    ),
    Banned(r"#\s*type:\s*ignore(?!\[)", "name the error: `# type: ignore[code]`", EVERYWHERE, (), True),
    Banned(
        r"\b(TODO|FIXME|XXX)\b", "finish it, or say the limit in one plain sentence", EVERYWHERE, (), True
    ),
    Banned(
        r"\bnot [\w.]+(\([^()]*\)|\[[^\]]*\])?\.strip\(\)(?!\.)",
        "what writes nothing is no blank to it: ask domain.typed.is_said",
        tuple(f"azpost_desk/{room}/*" for room in ("domain", "services", "central")),
    ),
    Banned(
        r"\.is(digit|decimal|numeric)\b",
        "² and ٣ are digits to it: ask domain/digits.py",
    ),
    Banned(
        r"\b(TRANSFER|PAYMENT|GRANT|CHAIN|CONTESTED|APPROVAL|PROPOSAL|REMITTANCE|BAG|DISPUTE|ITEM|DAY)"
        r"(\[|\.get\()",
        "a state changes by domain.moves.move, or by arrive when the event may come late",
        ("azpost_desk/central/*",),
    ),
    Banned(
        r"names(\.get\([\w.]*\b(language|code)\b|\[([\w.]*\b(language|code)|\"az\")\])",
        "a name in the nearest language there is: domain.catalogue.name_in",
        # Its home; a paper that says a name in both languages it has.
        allowed=("azpost_desk/domain/catalogue.py", "azpost_desk/documents/beside.py"),
    ),
    Banned(
        r"\bcounter\.books\b|\.(reading|writing)\(\)|\bports import\b.*\b(Books|Reading|Writing)\b",
        "the window reads no books: ask a service for what the screen shows",
        ("azpost_desk/gui/*",),
    ),
    Banned(
        r"^\s*(from|import)\s+PySide6\b",
        "Qt lives in gui, programs/desk.py, rehearsal/day.py and bench_scan.py",
        allowed=(
            "azpost_desk/gui/*",
            "azpost_desk/programs/desk.py",
            "azpost_desk/rehearsal/day.py",
            "azpost_desk/rehearsal/bench_scan.py",
        ),
    ),
)


def python_files(root: Path = ROOT) -> dict[str, str]:
    """Repo path → text of every Python file of ours."""
    folders = ("azpost_desk", "installer", "tests")
    found = (path for folder in folders for path in sorted((root / folder).rglob("*.py")))
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in found}


@cache
def tree_of(text: str) -> ast.Module:
    """The file taken apart, once for all rules; who asks over every file forgets them afterwards."""
    return ast.parse(text)


@cache
def nodes_of(text: str) -> list[ast.AST]:
    """Every node of the file, gathered once for all rules."""
    return every_node(tree_of(text))


def every_node(tree: ast.AST) -> list[ast.AST]:
    """What `ast.walk` gives, in its order and in a third of its time: no node says only load or store."""
    nodes = [tree]
    for node in nodes:
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                nodes += [one for one in value if isinstance(one, ast.AST)]
            elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
                nodes.append(value)
    return nodes


def every_statement(tree: ast.AST) -> list[ast.AST]:
    """The statements in it and what holds them; no expression is looked into."""
    nodes = [tree]
    for node in nodes:
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, name, None)
            # The body of a lambda, and of an expression with an if, is an expression.
            nodes += inner if isinstance(inner, list) else []
    return nodes


def size_faults(path: str, text: str) -> list[str]:
    """Files, functions and lines that are too long to read at a glance."""
    lines = text.splitlines()
    faults = []
    most = LONGER_ON_PURPOSE.get(path, FILE_LINES_MAX)
    if len(lines) > most:
        faults.append(f"{path}:1 has {len(lines)} lines, at most {most}: split it by what it knows")
    for number, line in enumerate(lines, start=1):
        is_room_sentence = number == 1 and path.endswith("__init__.py")
        if len(line) > LINE_CHARACTERS_MAX and not is_room_sentence:
            faults.append(f"{path}:{number} has {len(line)} characters, at most {LINE_CHARACTERS_MAX}")
    for node in every_statement(tree_of(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES_MAX:
                place = f"{path}:{node.lineno} {node.name}"
                faults.append(f"{place} has {length} lines, at most {FUNCTION_LINES_MAX}")
    return faults


def banned_faults(path: str, text: str, table: tuple[Banned, ...] = BANNED) -> list[str]:
    """Lines that hold a banned pattern, with the sentence that says what to do instead."""
    rules = [
        rule
        for rule in table
        if any(fnmatch(path, where) for where in rule.where)
        and not any(fnmatch(path, allowed) for allowed in rule.allowed)
        # Taking a file apart is dear; most hold nothing that could be a fault.
        and re.search(rule.pattern, text, re.MULTILINE)
    ]
    if not rules:
        return []
    code, comments = code_and_comments(text)
    return [
        f"{path}:{number} {line.strip()!r}: {rule.instead}"
        for rule in rules
        for number, line in enumerate(comments if rule.comments else code, start=1)
        if re.search(rule.pattern, line)
    ]


def swallow_faults(path: str, text: str) -> list[str]:
    """Handlers that catch everything and do not raise it again."""
    if not path.startswith("azpost_desk/") or any(fnmatch(path, place) for place in LOOPS_THAT_MUST_LIVE):
        return []
    if not re.search(r"except\s*:|Exception", text):
        return []
    faults = []
    for node in nodes_of(text):
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = {getattr(part, "id", "") for part in every_node(node.type)} if node.type else {"Exception"}
        last = node.body[-1]
        raises = isinstance(last, ast.Raise) and last.exc is None
        if caught & {"Exception", "BaseException"} and not raises:
            faults.append(f"{path}:{node.lineno} catches everything: catch what you can mend, or raise again")
    return faults


LINES = frozenset(line.__name__ for line in get_args(AnyLine))


def wildcard_faults(path: str, text: str) -> list[str]:
    """Matches over the lines of a sale that let a new one pass without a word."""
    if not path.startswith("azpost_desk/") or "case _" not in text:
        return []
    faults = []
    for node in nodes_of(text):
        if not isinstance(node, ast.Match):
            continue
        parts = [part for case in node.cases for part in every_node(case.pattern)]
        classes = [part.cls for part in parts if isinstance(part, ast.MatchClass)]
        named = {one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in classes}
        open_ended = any(isinstance(c.pattern, ast.MatchAs) and c.pattern.pattern is None for c in node.cases)
        if named & LINES and open_ended:
            faults.append(f"{path}:{node.lineno} `case _` over lines: name those that need nothing")
    return faults


_UNDECODED = {"msgspec.DecodeError", "msgspec.MsgspecError", "msgspec.ValidationError"}
_NO_LETTERS = {"UnicodeDecodeError", "UnicodeError", "ValueError", "Exception"}


def undecoded_faults(path: str, text: str) -> list[str]:
    """Handlers, and tuples for them, that catch what does not decode and forget bytes that are no UTF-8."""
    if not any(name in text for name in _UNDECODED):
        return []
    faults = []
    for node in nodes_of(text):
        if isinstance(node, ast.Tuple):
            caught = [*node.elts]
        elif isinstance(node, ast.ExceptHandler) and isinstance(node.type, ast.Attribute):
            caught = [node.type]
        else:
            continue
        names = {ast.unparse(one) for one in caught}
        if names & _UNDECODED and not names & _NO_LETTERS:
            faults.append(
                f"{path}:{node.lineno} bytes that are no UTF-8 raise UnicodeDecodeError, which is none of "
                f"{', '.join(sorted(names & _UNDECODED))}: catch both"
            )
    return faults


def override_faults(kind: type) -> list[str]:
    """Overrides of Qt methods in a class of ours not `guarded`: what escapes one ends the program."""
    of_qt = [base for base in kind.__mro__ if base.__module__.startswith("PySide6")]
    return [
        f"{kind.__module__}.{kind.__name__}.{name}: put @guarded over it"
        for name, method in vars(kind).items()
        if inspect.isfunction(method)
        and not name.startswith("__")
        and not hasattr(method, "is_guarded")
        # Called by us alone and not by Qt: there an exception goes the usual way.
        and name not in {"addWidget"}
        and any(name in vars(base) for base in of_qt)
        and not kind.__module__.startswith("PySide6")
    ]


def digit_faults(path: str, text: str) -> list[str]:
    """Patterns with ``\\d``, which matches the digits of every script unless they are over bytes."""
    if not path.startswith("azpost_desk/") or not re.search(r"\\[dD]", text):
        return []
    nodes = nodes_of(text)
    said = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    return [
        f"{path}:{node.lineno} \\d takes ٣ for a digit: write [0-9]"
        for node in nodes
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search(r"(?<!\\)(?:\\\\)*\\[dD]", node.value)
        and id(node) not in said
    ]


def code_and_comments(text: str) -> tuple[list[str], list[str]]:
    """The lines of `text` without strings and comments, and the same number of lines with comments only."""
    code = [list(line) for line in text.splitlines()]
    comments = ["" for _ in code]
    # Python 3.12 takes f-strings apart: their text is a string, the expressions in them are code.
    parts = ("FSTRING_START", "FSTRING_MIDDLE", "FSTRING_END")
    strings = {tokenize.STRING} | {getattr(tokenize, part) for part in parts if hasattr(tokenize, part)}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            comments[token.start[0] - 1] = token.string
        if token.type == tokenize.COMMENT or token.type in strings:
            for row in range(token.start[0], token.end[0] + 1):
                line = code[row - 1]
                first = token.start[1] if row == token.start[0] else 0
                last = token.end[1] if row == token.end[0] else len(line)
                line[first:last] = " " * (last - first)
    return ["".join(line) for line in code], comments


_SETS_A_STATE = re.compile(r"\bset\s(?:(?!\bwhere\b)[^;])*?\bstate\s*=(?!\s*%)", re.IGNORECASE)


def state_faults(path: str, text: str) -> list[str]:
    """Statements that set a state by themselves: what may follow what is known by `domain.moves` alone."""
    if not fnmatch(path, "azpost_desk/central/*"):
        return []
    return [
        f"{path}:{node.lineno} {node.value.strip()!r}: hand over what domain.moves.move says"
        for node in nodes_of(text)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SETS_A_STATE.search(node.value)
    ]


def name_faults(path: str) -> list[str]:
    """Modules and folders whose name says nothing."""
    bad = {part.removesuffix(".py") for part in Path(path).parts} & BANNED_NAMES
    return [f"{path}:1 {name!r} says nothing: use a feature word" for name in sorted(bad)]


def sentence(text: str) -> str | None:
    """The first line of a module's docstring."""
    docstring = ast.get_docstring(tree_of(text), clean=False)
    return docstring.splitlines()[0].strip() if docstring else None


# Their noun comes later, or never: whoever meets the module first cannot know what is meant.
_WAITS_FOR_ITS_NOUN = re.compile(r"(It|Its|This|These|Those|They|Their|He|She|Who|Whose|Where|Here)\b")
# Once one name stood for two things, and a look for it led to the wrong one.
TWO_THINGS = {
    "Written": "AcceptedRecord at the centre, StoredRecord at the desk",
    "Wanted": "QuoteOptions, SearchTerm or GrantTerms",
    "Days": "DayOpening",
}


def opening_faults(path: str, text: str) -> list[str]:
    """Modules that say nothing of themselves, or begin with a word that waits for its noun."""
    if not path.startswith("azpost_desk/") or not text.strip():
        return []
    says = sentence(text)
    if not says:
        return [f"{path}:1 has no docstring: name the subject, what it takes, what it gives"]
    if _WAITS_FOR_ITS_NOUN.match(says):
        return [f"{path}:1 {says!r} begins without its noun: name the subject first"]
    return []


def twice_named_faults(path: str, text: str) -> list[str]:
    """Classes under a name that has stood for two things."""
    return [
        f"{path}:{number} {found[1]!r} has meant two things: {TWO_THINGS[found[1]]}"
        for number, line in enumerate(text.splitlines(), start=1)
        if (found := re.match(r"class (\w+)\b", line)) and found[1] in TWO_THINGS
    ]


def map_entries(architecture: str) -> dict[str, str]:
    """Room → sentence as ARCHITECTURE.md has them, from lines like ``- `gui/kit/`: Our own widgets.``"""
    return dict(re.findall(r"^- `([\w/.]+)`: (.+)$", architecture, re.MULTILINE))


def room_faults(architecture: str, rooms: dict[str, str | None]) -> list[str]:
    """Rooms whose docstring and entry differ, that stand in one place only, or that have no sentence."""
    entries = map_entries(architecture)
    faults = [f"ARCHITECTURE.md:1 `{room}` is on the map only" for room in entries if room not in rooms]
    for room, says in rooms.items():
        if not says or not says.endswith("."):
            faults.append(f"{room}:1 needs a docstring whose first line is one sentence")
        elif entries.get(room) != says:
            faults.append(f"{room}:1 says {says!r}, ARCHITECTURE.md says {entries.get(room)!r}")
    return faults


def rooms_of(root: Path = ROOT) -> dict[str, str | None]:
    """Every room on the map with its sentence; the folders of single screens are found by their name."""
    package = root / "azpost_desk"
    rooms: dict[str, str | None] = {
        name: sentence((package / name).read_text("utf-8")) for name in ("__main__.py", "places.py")
    }
    for path in sorted(package.rglob("__init__.py")):
        room = path.parent.relative_to(package).as_posix()
        if room != "." and not room.startswith("gui/screens/"):
            rooms[f"{room}/"] = sentence(path.read_text("utf-8"))
    return rooms
