"""A price that the centre tells: its own signed word, for this chain and this question, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from azpost_desk.domain.refusals import Trouble
from azpost_desk.protocol.abroad import QuoteAsk, QuoteTold, terms_of
from azpost_desk.protocol.keys import is_signed

if TYPE_CHECKING:
    from azpost_desk.sync.ports import Identity


def check_quote(told: QuoteTold, asked: QuoteAsk, identity: Identity) -> None:
    """Refuse to believe a quote that is not the centre's answer to exactly this question.

    Raises:
        Trouble: L-004.
    """
    if not is_signed(identity.grants_key, told.words, told.signature):
        raise Trouble("L-004", detail="quote")
    try:
        terms = terms_of(told.words)
    except (msgspec.MsgspecError, UnicodeDecodeError) as fault:
        raise Trouble("L-004", detail=f"quote: {fault}") from fault
    wanted = (asked.quote, asked.corridor, asked.named, identity.desk, identity.epoch)
    figure = terms.arrives_minor if asked.named == "arrives" else terms.total_qapik
    # What is paid may come out lower than named, never higher.
    too_much = figure != asked.figure_minor if asked.named == "arrives" else figure > asked.figure_minor
    if wanted != (terms.quote, terms.corridor, terms.named, terms.desk, terms.epoch) or too_much:
        raise Trouble("L-004", detail="quote")
