"""Messages of money that comes from abroad: a partner's pacs.008, recall and question, and what is answered.

What is written follows from stored values (money-out.md M0-2): a return (pacs.004) and the question about it
(pacs.028) carry the UETR of what came; how it stands here is said by pacs.002, a recall is answered by
camt.029. The profile is that of `iso_messages`; the number that the receiver says stands in the pacs.008's
supplementary data, and an instructed amount in manat is what the sender was promised (MA-25).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from azpost_desk.central.gateways.abroad import Arrived, Asked, RecallAsked, short_id
from azpost_desk.central.gateways.iso_messages import (
    ORDER,
    PICK_UP,
    QUESTION,
    RECALL,
    RECALL_ANSWER,
    RETURNED,
    STATUS,
    Head,
    Part,
    Reader,
    UnfitError,
    agent_of,
    agent_of_bic,
    amount_at,
    as_written,
    moment,
    sealed,
    text_at,
)
from azpost_desk.domain.money import azn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from azpost_desk.central.gateways.abroad import Back, Word
    from azpost_desk.domain.money import Money

_HOME: Final = azn(0).currency


def written_return(back: Back, member: str = "") -> bytes:
    """The pacs.004 that gives what came back. Raises: as `iso_messages.sealed`."""
    number = return_id(back)
    body: list[Part] = [
        ("GrpHdr", [
            ("MsgId", number),
            ("CreDtTm", moment(back.written_ms)),
            ("NbOfTxs", "1"),
            ("SttlmInf", [("SttlmMtd", "INDA")]),
        ]),
        ("TxInf", [
            ("RtrId", number),
            ("OrgnlGrpInf", [("OrgnlMsgId", back.message), ("OrgnlMsgNmId", ORDER)]),
            ("OrgnlEndToEndId", back.end_to_end),
            ("OrgnlTxId", back.reference),
            ("OrgnlUETR", back.uetr),
            ("OrgnlIntrBkSttlmAmt", as_written(back.amount)),
            ("RtrdIntrBkSttlmAmt", as_written(back.amount)),
            ("IntrBkSttlmDt", back.settles_on),
            ("InstgAgt", agent_of_bic(back.our_bic)),
            ("InstdAgt", agent_of(back.partner_bic, member)),
            ("RtrRsnInf", [("Rsn", [("Cd", back.reason)])]),
        ]),
    ]  # fmt: skip
    return sealed(_head(back, member, is_repeat=back.is_repeat), RETURNED, number, [("PmtRtr", body)])


def written_question_back(back: Back, asked: int, member: str = "") -> bytes:
    """The pacs.028 that asks what became of a return, the `asked`-th. Raises: as `written_return`."""
    number = short_id("qb", f"{back.transfer} {back.ordinal}", asked)
    body: list[Part] = [
        ("GrpHdr", [("MsgId", number), ("CreDtTm", moment(back.written_ms))]),
        ("TxInf", [
            ("StsReqId", number),
            ("OrgnlGrpInf", [("OrgnlMsgId", return_id(back)), ("OrgnlMsgNmId", RETURNED)]),
            ("OrgnlInstrId", return_id(back)),
            ("OrgnlUETR", back.uetr),
            ("InstgAgt", agent_of_bic(back.our_bic)),
            ("InstdAgt", agent_of(back.partner_bic, member)),
        ]),
    ]  # fmt: skip
    return sealed(_head(back, member), QUESTION, number, [("FIToFIPmtStsReq", body)])


def written_word(word: Word, member: str = "") -> bytes:
    """The pacs.002 that says how something stands here. Raises: as `written_return`."""
    number = short_id("st", word.transfer, word.ordinal)
    body: list[Part] = [
        ("GrpHdr", [("MsgId", number), ("CreDtTm", moment(word.written_ms))]),
        ("TxInfAndSts", [
            ("OrgnlEndToEndId", word.end_to_end),
            ("OrgnlTxId", word.reference),
            ("OrgnlUETR", word.uetr),
            ("TxSts", word.code),
            ("StsRsnInf", [("Rsn", [("Cd", word.reason)])]),
        ]),
    ]  # fmt: skip
    return sealed(_head(word, member), STATUS, number, [("FIToFIPmtStsRpt", body)])


def written_recall_answer(word: Word, member: str = "") -> bytes:
    """The camt.029 that answers a recall: `code` CNCL, RJCR, meanwhile PDCR. Raises: as `written_return`."""
    number = short_id("ra", word.transfer, word.ordinal)
    body: list[Part] = [
        ("Assgnmt", [
            ("Id", number),
            ("Assgnr", [("Agt", agent_of_bic(word.our_bic))]),
            ("Assgne", [("Agt", agent_of(word.partner_bic, member))]),
            ("CreDtTm", moment(word.written_ms)),
        ]),
        ("Sts", [("Conf", word.code)]),
        ("CxlDtls", [
            ("TxInfAndSts", [
                ("CxlStsId", number),
                ("RslvdCase", [("Id", word.case), ("Cretr", [("Agt", agent_of(word.partner_bic, member))])]),
                ("OrgnlEndToEndId", word.end_to_end),
                ("OrgnlUETR", word.uetr),
                ("CxlStsRsnInf", [("Rsn", [("Cd", word.reason)])]),
            ]),
        ]),
    ]  # fmt: skip
    return sealed(_head(word, member), RECALL_ANSWER, number, [("RsltnOfInvstgtn", body)])


def return_id(back: Back) -> str:
    """The pacs.004's own id, which follows from the thing's."""
    return short_id("rt", back.transfer, back.ordinal)


def _head(what: Back | Word, member: str, *, is_repeat: bool = False) -> Head:
    return Head(what.partner_bic, member, what.our_bic, what.written_ms, is_repeat)


def _arrivals(document: etree._Element) -> Iterator[Arrived]:
    message = text_at(document, "{*}FIToFICstmrCdtTrf/{*}GrpHdr/{*}MsgId")
    for one in document.iterfind("{*}FIToFICstmrCdtTrf/{*}CdtTrfTxInf"):
        uetr = text_at(one, "{*}PmtId/{*}UETR")
        reference = text_at(one, "{*}PmtId/{*}TxId") or text_at(one, "{*}PmtId/{*}InstrId")
        if not uetr:
            raise UnfitError("no UETR")
        yield Arrived(
            uetr=uetr,
            message=message,
            reference=reference,
            end_to_end=text_at(one, "{*}PmtId/{*}EndToEndId"),
            amount=amount_at(one, "{*}IntrBkSttlmAmt"),
            promised=_promised(one),
            settles_on=text_at(one, "{*}IntrBkSttlmDt"),
            number=text_at(one, f"{{*}}SplmtryData/{{*}}Envlp/{{{PICK_UP}}}Nb"),
            sender=text_at(one, "{*}Dbtr/{*}Nm"),
            sender_street=text_at(one, "{*}Dbtr/{*}PstlAdr/{*}StrtNm"),
            sender_town=text_at(one, "{*}Dbtr/{*}PstlAdr/{*}TwnNm"),
            sender_country=text_at(one, "{*}Dbtr/{*}PstlAdr/{*}Ctry"),
            sender_born=_born(one),
            receiver=text_at(one, "{*}Cdtr/{*}Nm"),
            charges=text_at(one, "{*}ChrgBr"),
            purpose=text_at(one, "{*}Purp/{*}Cd"),
        )


def _promised(transaction: etree._Element) -> Money | None:
    """What the sender was promised in manat; another instructed currency is the sender's own affair."""
    named = transaction.find("{*}InstdAmt")
    is_home = named is not None and named.get("Ccy") == _HOME
    return amount_at(transaction, "{*}InstdAmt") if is_home else None


def _born(transaction: etree._Element) -> str:
    """As our own messages have it, or as the schema does."""
    for other in transaction.iterfind("{*}Dbtr/{*}Id/{*}PrvtId/{*}Othr"):
        if text_at(other, "{*}SchmeNm/{*}Prtry") == "BIRTHDATE":
            return text_at(other, "{*}Id")
    return text_at(transaction, "{*}Dbtr/{*}Id/{*}PrvtId/{*}DtAndPlcOfBirth/{*}BirthDt")


def _recalls(document: etree._Element) -> Iterator[RecallAsked]:
    case = text_at(document, "{*}FIToFIPmtCxlReq/{*}Case/{*}Id")
    for one in document.iterfind("{*}FIToFIPmtCxlReq/{*}Undrlyg/{*}TxInf"):
        reason = text_at(one, "{*}CxlRsnInf/{*}Rsn/{*}Cd") or text_at(one, "{*}CxlRsnInf/{*}Rsn/{*}Prtry")
        number = case or text_at(one, "{*}Case/{*}Id") or text_at(one, "{*}CxlId")
        yield RecallAsked(_original(one), number, reason)


def _questions(document: etree._Element) -> Iterator[Asked]:
    for one in document.iterfind("{*}FIToFIPmtStsReq/{*}TxInf"):
        yield Asked(_original(one))


def _original(transaction: etree._Element) -> str:
    uetr = text_at(transaction, "{*}OrgnlUETR")
    if not uetr:
        raise UnfitError("no UETR of the original")
    return uetr


READERS: Final[dict[str, Reader]] = {ORDER: _arrivals, RECALL: _recalls, QUESTION: _questions}
