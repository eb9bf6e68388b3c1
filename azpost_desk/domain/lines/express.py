"""The line of express mail and parcels: an item accepted, at home or for abroad."""

from __future__ import annotations

import msgspec

from azpost_desk.domain.lines.base import Line


class ExtraSold(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """An extra of an item (of `mail.extras.EXTRAS`): its price, which the line's contains, and the VAT."""

    extra: str
    qapik: int
    vat_qapik: int = 0


class PostedAbroad(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What only an item for abroad has.

    Attributes:
        zone: of the price list, whose version is the line's `tariff`.
        chargeable_grams: the weight that was charged, by the scale or by volume.
        form: of `forms.FORMS`, `because`: why a lesser one was passed over; `forms`: the rules' version.
        sdr_units, sdr_date: the rate of the SDR that was looked at, "" where there was none;
        sdr_hundredths: the value of the goods by it, rounded up.
        contents: what the prohibitions said of it, of `prohibited.STATES`; `prohibitions`: their version;
        unchecked: country and direction (``TR:in``) of which there were no rows.
        size_cm: its three sides; () = not measured.
        insured_sdr_hundredths: its insured sum in SDR, rounded up; insured_sdr_units, insured_sdr_date: by
            which rate of the manat.
    """

    zone: str
    chargeable_grams: int
    form: str
    copies: int
    contents: str
    because: str = ""
    forms: str = ""
    sdr_units: str = ""
    sdr_date: str = ""
    sdr_hundredths: int = 0
    prohibitions: str = ""
    unchecked: tuple[str, ...] = ()
    size_cm: tuple[int, ...] = ()
    insured_sdr_hundredths: int = 0
    insured_sdr_units: str = ""
    insured_sdr_date: str = ""


class ItemAccepted(Line, frozen=True, omit_defaults=True, tag="item.accepted"):
    """An item accepted.

    Attributes:
        weight_grams: gross.
        postcode: of the addressee at home; "" abroad.
        addresses: commits to sender and addressee, and abroad to the declaration in full (an attachment).
        label_back: its acceptance ends with a scan of the stuck label.
        country: ISO 3166, where it goes; "" at home.
        weight_typed: not by the scale; records of before do not say.
        cod_qapik: cash on delivery: what its addressee pays the sender before it is handed over.
        in_person: its addressee gets it, and nobody for them.
        insured_qapik: what its sender has insured it for; 0 = nothing.
        extras: what was paid for beside its carriage, contained in `amount_qapik` and `vat_qapik`.
    """

    number: str
    service: str
    weight_grams: int
    amount_qapik: int
    vat_qapik: int
    tariff: str
    postcode: str
    addresses: str
    country: str = ""
    abroad: PostedAbroad | None = None
    label_back: bool = False
    weight_typed: bool = False
    cod_qapik: int = 0
    in_person: bool = False
    insured_qapik: int = 0
    extras: tuple[ExtraSold, ...] = ()
