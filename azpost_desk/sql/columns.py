"""Column types and names that both databases share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, Integer, LargeBinary, MetaData, Text
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

# Constraints have names everywhere, so that a migration can name what it changes.
NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def metadata() -> MetaData:
    """An empty set of tables with our naming convention."""
    return MetaData(naming_convention=NAMING)


Whole: Final = BigInteger().with_variant(Integer(), "sqlite")
"""A whole number of 64 bits: milliseconds, sequence numbers, counts."""

Words: Final = Text()
"""Ids, codes, ISO dates, names: text without a limit of its own."""

Octets: Final = LargeBinary()
"""Hashes, signatures, bytes as written."""


class Minor(TypeDecorator[int]):
    """Whole smallest units of money. A float, even a whole one, or a bool is the program's error (I-12)."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """SQLite's strict tables know INTEGER only; it holds 64 bits there."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        """Refuse anything but an int with TypeError."""
        if value is not None and type(value) is not int:
            raise TypeError(f"money is whole smallest units, not {type(value).__name__}")
        return value
