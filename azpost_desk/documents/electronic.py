"""The electronic share on paper: takes what was paid without cash, gives its sentences in a language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.domain.money import azn

if TYPE_CHECKING:
    from azpost_desk.domain.electronic import Electronic
    from azpost_desk.domain.reports import Baskets
    from azpost_desk.texts import Texts


def share_words(share: Electronic, texts: Texts) -> list[str]:
    """Share by sum, baskets by count, and apart from both what went out; the last two where there are any."""
    if share.ppm is None:
        words = [texts.t("papers.electronic.none")]
    else:
        sums = {"electronic": azn(share.electronic_qapik), "cash": azn(share.cash_qapik)}
        words = [texts.t("papers.electronic.line", share_ppm=share.ppm, **sums)]
    if share.baskets is not None and share.ppm is not None:
        words.append(baskets_words(share.baskets, texts))
    if share.out_qapik:
        words.append(texts.t("papers.electronic.out", out=azn(share.out_qapik)))
    return words


def baskets_words(baskets: Baskets, texts: Texts) -> str:
    """How baskets were paid, by count."""
    told = {name: texts.number(getattr(baskets, name)) for name in type(baskets).__struct_fields__}
    return texts.t("papers.baskets", **told)
