"""Every line that can be sold has its tables, and whatever it names is found by words."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest

from azpost_desk.domain import products
from azpost_desk.domain.lines import Sold
from azpost_desk.domain.people import AbroadParties, Account, Addresses, Parties, Person, ReceiverAbroad
from azpost_desk.services.abroad_views import ABROAD
from azpost_desk.services.charges_due import CHARGES
from azpost_desk.services.despatches_views import DESPATCHES
from azpost_desk.services.keeping import KEEPING
from azpost_desk.services.labels import LABELS
from azpost_desk.services.mail_bags_views import ARRIVALS, BAGS
from azpost_desk.services.pickups import PICKUPS
from azpost_desk.services.qr_views import QR
from azpost_desk.services.rolls import ROLLS
from azpost_desk.services.rounds_views import ROUNDS
from azpost_desk.storage.features import CARRIERS, READS
from azpost_desk.storage.projected_words import _of_attachment

if TYPE_CHECKING:
    import msgspec

pytestmark = pytest.mark.fast

ELIF = Person(name="Elif Yılmaz", fin="5ZK9XYZ")
ATTACHED: dict[type[msgspec.Struct], msgspec.Struct] = {
    AbroadParties: AbroadParties(
        sender=Person(name="Ayten Aliyeva"),
        sender_latin="Ayten Aliyeva",
        receiver=ReceiverAbroad(name="Элиф Йылмаз", latin="Elif Yilmaz", country="TR"),
    ),
    Account: Account(account="1012345678", holder="Elif Yılmaz"),
    Addresses: Addresses(sender=ELIF, addressee=Person(name="Ayten Aliyeva")),
    Parties: Parties(code="123456789", sender=ELIF, receiver=Person(name="Ayten Aliyeva")),
    Person: ELIF,
}


def test_every_feature_that_is_asked_for_by_a_token_is_read_by_one_class() -> None:
    tokens = {ABROAD, ARRIVALS, BAGS, CHARGES, DESPATCHES, KEEPING, LABELS, PICKUPS, QR, ROLLS, ROUNDS}
    assert {one.name for one in tokens} == set(READS)


def test_every_line_has_its_tables_once() -> None:
    assert set(CARRIERS) == set(get_args(Sold))


def test_whatever_a_line_is_given_of_somebody_is_found_by_words() -> None:
    holds = {kind for product in products.PRODUCTS for rule in product.rules for kind in rule.groups.values()}
    assert holds == set(ATTACHED)
    for kind in holds:
        assert "elif" in set(_of_attachment(ATTACHED[kind]))
