"""The blank product over a copy of the tree: its new files, and the edits of shared files, counted."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
NEW: Final = Path(__file__).parent / "new"


@dataclass(frozen=True, slots=True)
class Edit:
    """A shared file that the product is named in: behind each of `before` stands `added` then."""

    path: str
    parts: tuple[tuple[str, str], ...]

    def apply(self, root: Path) -> None:
        """Edit the file of the copy.

        Raises:
            ValueError: a place is not there once: the file has changed, and so must this list.
        """
        file = root / self.path
        text = file.read_text("utf-8")
        for before, added in self.parts:
            if text.count(before) != 1:
                raise ValueError(f"{self.path}: {before!r} stands there {text.count(before)} times")
            text = text.replace(before, before + added)
        file.write_text(text, encoding="utf-8")


EDITS: Final = (
    Edit(
        "azpost_desk/domain/lines/__init__.py",
        (
            (
                "from azpost_desk.domain.lines.goods import GoodsSold\n",
                "from azpost_desk.domain.lines.phonecards import PhonecardSold\n",
            ),
            ('    "PaymentRefunded",\n', '    "PhonecardSold",\n'),
            ("Sold = (\n    GoodsSold\n", "    | PhonecardSold\n"),
        ),
    ),
    Edit(
        "azpost_desk/domain/products/__init__.py",
        (
            (
                "from azpost_desk.domain.products.goods import GOODS\n",
                "from azpost_desk.domain.products.phonecards import PHONECARDS\n",
            ),
            ("(TRANSFERS, BILLS, EXPRESS, GOODS", ", PHONECARDS"),
        ),
    ),
    Edit(
        "azpost_desk/domain/accounts.py",
        (
            ('EXPRESS_SOLD: Final = "4030"\n', 'PHONECARDS_SOLD: Final = "4040"\n'),
            (
                'Account(EXPRESS_SOLD, "express_sold", Side.OWN, "service", "express"),\n',
                '        Account(PHONECARDS_SOLD, "phonecards_sold", Side.OWN, service="phonecards"),\n',
            ),
        ),
    ),
    Edit(
        "azpost_desk/domain/reports_bodies.py",
        (
            (
                '            return "goods", 0, line.amount_qapik, line.vat_qapik\n',
                "        case PhonecardSold():\n"
                '            return "phonecards", 0, line.amount_qapik, line.vat_qapik\n',
            ),
            (
                "from azpost_desk.domain import operations as ops\n",
                "from azpost_desk.domain.lines import PhonecardSold\n",
            ),
        ),
    ),
    Edit("azpost_desk/programs/verify.py", (('case "goods.sold" | "item.accepted"', ' | "phonecard.sold"'),)),
    Edit(
        "azpost_desk/storage/features/__init__.py",
        (
            (
                "from azpost_desk.storage.features.goods import GOODS\n",
                "from azpost_desk.storage.features.phonecards import PHONECARDS\n",
            ),
            ("(*GOODS, *BILLS, *TRANSFERS, *EXPRESS", ", *PHONECARDS"),
        ),
    ),
    Edit(
        "azpost_desk/services/lines/__init__.py",
        (
            (
                "from azpost_desk.services.lines.goods import GOODS\n",
                "from azpost_desk.services.lines.phonecards import PHONECARDS\n",
            ),
            ("(*GOODS, *BILLS, *TRANSFERS, *EXPRESS", ", *PHONECARDS"),
        ),
    ),
    Edit(
        "azpost_desk/central/lines.py",
        (
            ("    PaymentRefunded,\n    ", "PhonecardSold,\n    "),
            (
                "        LineActs[GoodsSold](line=GoodsSold, sold=nothing, undone=nothing_undone),\n",
                "        LineActs[PhonecardSold](line=PhonecardSold, sold=nothing, undone=nothing_undone),\n",
            ),
        ),
    ),
)
SHARED_FILES_MAX: Final = 8


def laid_over(root: Path, *, without: str = "") -> None:
    """Make a tree in `root` that has the product, but for the edit of one file."""
    for name in ("azpost_desk", "resources", "tests"):
        ignored = shutil.ignore_patterns("__pycache__", "*.pyc", "museum", "blank", "fonts", "*.ttf")
        shutil.copytree(ROOT / name, root / name, ignore=ignored)
    (root / "resources" / "fonts").symlink_to(ROOT / "resources" / "fonts")
    for name in ("pyproject.toml", "README.md"):
        shutil.copy2(ROOT / name, root / name)
    shutil.copytree(NEW, root, dirs_exist_ok=True)
    for edit in EDITS:
        if edit.path != without:
            edit.apply(root)
