"""The sandbox biller's daily register: its books of a day as the file it would send, in CSV or JSON.

In: a sandbox provider and one of its billers. Out: the value, to be spoilt by a test, and its bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from azpost_desk.central.registers import reading
from azpost_desk.domain.days import BusinessDay, as_date
from azpost_desk.domain.money import azn, share
from azpost_desk.domain.registers import Register, RegisterRow

if TYPE_CHECKING:
    from azpost_desk.rehearsal.providers import SandboxProvider


def register_of(
    provider: SandboxProvider, biller: str, day: BusinessDay, version: int = 1, commission_ppm: int = 0
) -> Register:
    """What the provider has of a biller's day, in the order of our numbers."""
    return Register(
        biller=biller,
        day=day,
        version=version,
        rows=tuple(
            RegisterRow(
                txn_id=paid.txn_id,
                account=paid.account,
                amount_qapik=paid.sum_qapik,
                reference=paid.provider_reference,
                commission_qapik=share(azn(paid.sum_qapik), commission_ppm).minor,
            )
            for paid in provider.register(as_date(day).strftime("%Y%m%d"))
            if provider.accounts[paid.account].biller in ("", biller)
        ),
    )


def written(register: Register, form: str = "csv") -> bytes:
    """The file as the biller sends it."""
    return reading.write_json(register) if form == "json" else reading.write_csv(register)
