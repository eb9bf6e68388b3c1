"""Rows of a tariff about the extras of mail: which extra, with which services, for what price or premium.

In: a document of the centre. Out: values that `mail.extras` reckons with; a tariff of before has none.
"""

from __future__ import annotations

from typing import Final

import msgspec

INSURED: Final = "insured"
ADVICE: Final = "advice"
# Its addressee gets it, and nobody for them.
IN_PERSON: Final = "in_person"
# In the order that screens and papers name them.
EXTRAS: Final = (INSURED, ADVICE, IN_PERSON)


class PremiumStep(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The premium of a sum up to `insured_qapik_to`: a fixed part and a share of it, within its bounds.

    `premium_qapik_max` 0 = no bound.
    """

    insured_qapik_to: int
    fixed_qapik: int = 0
    share_ppm: int = 0
    premium_qapik_min: int = 0
    premium_qapik_max: int = 0


class MailExtra(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An extra that is sold.

    Attributes:
        extra: of EXTRAS.
        price_qapik: what it costs, VAT contained (`vat_ppm`); of an insured sum its `steps` say it.
        services: those it is sold with; () = every one.
        insured_qapik_min: the least sum that is insured; the greatest is that of the last step.
    """

    extra: str
    price_qapik: int = 0
    vat_ppm: int = 0
    services: tuple[str, ...] = ()
    steps: tuple[PremiumStep, ...] = ()
    insured_qapik_min: int = 1

    @property
    def insured_qapik_max(self) -> int:
        """The greatest sum that is insured; 0 where this is no insurance."""
        return max((one.insured_qapik_to for one in self.steps), default=0)
