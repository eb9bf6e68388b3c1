"""Every question a desk may ask stands once, and the centre answers each of them."""

from __future__ import annotations

from unittest.mock import Mock

import pytest

from azpost_desk.central.app import Centre
from azpost_desk.central.web.api import application
from azpost_desk.protocol import questions
from azpost_desk.protocol.addresses import TIME_PATH

pytestmark = pytest.mark.fast


def test_each_question_has_a_path_of_its_own_and_stands_in_the_list() -> None:
    declared = [one for one in vars(questions).values() if isinstance(one, questions.Question)]
    assert declared == list(questions.QUESTIONS)
    assert len({one.path for one in declared}) == len(declared)


def test_the_centre_answers_every_question() -> None:
    centre = Mock(spec=Centre)
    centre.answers = lambda: Centre.answers(centre)
    assert {route.path for route in application(centre).routes} - {TIME_PATH} == {
        one.path for one in questions.QUESTIONS
    }
