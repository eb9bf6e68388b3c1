"""A page of mail quality for people: rows of counts in, one HTML file with its charts and tables out.

Nothing is fetched from anywhere and nothing runs: bars are SVG in the page, and what is not known is a dash.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from azpost_desk.central.mail.quality import HubDwell, Quality

_LANES: Final = {
    "same": "Within a zone",
    "other": "Between zones",
    "outward": "Out of the country, to the day it left",
    "inward": "Into the country",
}
# (field, words, colour, colour of its figure): told apart by the figure in the bar too, not by colour alone.
_PARTS: Final = (
    ("on_time", "on time", "#1a7f4b", "#fff"),
    ("late", "late", "#b3261e", "#fff"),
    ("overdue", "overdue", "#e0863c", "#17202b"),
    ("under_way", "under way", "#9fb3c8", "#17202b"),
)
_BAR: Final = "bar"
_BAR_PX: Final = 420
_BAR_HIGH_PX: Final = 18
# Below this a figure would not fit into its part of a bar.
_FIGURE_PX_MIN: Final = 22
_FIGURE: Final = 'font-size="11" text-anchor="middle"'
_STYLE: Final = (
    "body{font:14px/1.4 'Noto Sans',sans-serif;color:#17202b;margin:24px;max-width:1100px}"
    "h1{font-size:22px}h2{font-size:17px;margin-top:28px}table{border-collapse:collapse;width:100%}"
    "th,td{padding:4px 8px;text-align:right;border-bottom:1px solid #d5dde6}"
    "th:first-child,td:first-child{text-align:left}"
    "table{table-layout:fixed}th:first-child{width:150px}th.bar{width:430px}td.bar{text-align:left}"
    ""
    ".key span{margin-right:18px}.key i{display:inline-block;width:12px;height:12px;margin-right:6px}"
    "@media print{body{margin:0}}"
)


def page(title: str, rows: Sequence[Quality], hubs: Sequence[HubDwell]) -> str:
    """The whole page; a lane without items is not on it."""
    lanes = [
        _lane(words, [one for one in rows if one.lane == lane])
        for lane, words in _LANES.items()
        if any(one.lane == lane for one in rows)
    ]
    key = "".join(
        f'<span><i style="background:{colour}"></i>{words}</span>' for _, words, colour, _ in _PARTS
    )
    parts = (
        f"<h1>{escape(title)}</h1>",
        f'<p class="key">{key}</p>',
        *(lanes or ["<p>No item began on these days.</p>"]),
        *([_hubs(hubs)] if hubs else []),
    )
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
    return f"{head}<style>{_STYLE}</style><body>{''.join(parts)}</body></html>\n"


def _lane(words: str, rows: Sequence[Quality]) -> str:
    heads = ("", _BAR, "on time", "items", "median, days", "95 %, days", "customs off, days", "no standard")
    body = [
        (
            escape(one.of or "all"),
            _bar(one),
            _share(one.on_time_ppm),
            str(one.items),
            _known(one.days_median),
            _known(one.days_p95),
            str(one.customs_days),
            str(one.no_standard),
        )
        for one in rows
    ]
    lacking = sum(one.not_started for one in rows)
    released = sum(one.customs_unreleased for one in rows)
    said = [f"{lacking} without the scan that starts the clock."] if lacking else []
    said += [f"{released} held by customs without a release."] if released else []
    wrong = sum(one.clock_wrong for one in rows)
    said += [f"{wrong} with an end that no clock can mean."] if wrong else []
    note = f"<p>{' '.join(said)}</p>" if said else ""
    return f"<h2>{escape(words)}</h2>{_table(heads, body)}{note}"


def _hubs(rows: Sequence[HubDwell]) -> str:
    heads = (
        "",
        "items",
        "handed on",
        "median, hours",
        "95 %, hours",
        "longest there, hours",
        "arrival missing",
    )
    body = [
        (
            escape(one.hub),
            str(one.items),
            str(one.left),
            _known(one.hours_median),
            _known(one.hours_p95),
            _known(one.hours_longest_there),
            str(one.unannounced_start),
        )
        for one in rows
    ]
    return f"<h2>Hubs: from arrival to the signed hand-over</h2>{_table(heads, body)}"


def _table(heads: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    top = "".join(f"<th>{head}</th>" if head != _BAR else '<th class="bar"></th>' for head in heads)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{body}</table>"


def _cell(content: str) -> str:
    return f'<td class="bar">{content}</td>' if content.startswith("<svg") else f"<td>{content}</td>"


def _bar(one: Quality) -> str:
    counts = [(int(getattr(one, name)), words, colour, ink) for name, words, colour, ink in _PARTS]
    whole, left, drawn = sum(count for count, *_ in counts), 0.0, []
    for count, words, colour, ink in counts:
        width = _BAR_PX * count / whole if whole else 0
        if width:
            drawn.append(
                f'<rect x="{left:.1f}" width="{width:.1f}" height="{_BAR_HIGH_PX}" fill="{colour}">'
                f"<title>{words}: {count}</title></rect>"
            )
        if width >= _FIGURE_PX_MIN:
            middle = left + width / 2
            drawn.append(f'<text x="{middle:.1f}" y="13" fill="{ink}" {_FIGURE}>{count}</text>')
        left += width
    size = f'width="{_BAR_PX}" height="{_BAR_HIGH_PX}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">{"".join(drawn)}</svg>'


def _share(ppm: int | None) -> str:
    return "—" if ppm is None else f"{ppm // 1_000 / 10:.1f} %"


def _known(value: int | None) -> str:
    return "—" if value is None else str(value)
