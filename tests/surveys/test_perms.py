"""Who reaches a question, and who reads the calendar."""

import pytest

from accounts.perms import Refused
from surveys import perms
from tests import make
from tests.world import ROLES, World


def test_the_questionnaire_is_the_administrators(world: World) -> None:
    row = make.question("calm")
    assert perms.question_to_edit(world.administrator, row.pk) == row
    for role in set(ROLES) - {"anonymous", "administrator"}:
        with pytest.raises(Refused):
            perms.question_to_edit(world.person(role), row.pk)


def test_a_question_that_is_not_there_is_refused(world: World) -> None:
    with pytest.raises(Refused):
        perms.question_to_edit(world.administrator, 0)


def test_rounds_are_read_by_who_keeps_them_going(world: World) -> None:
    readers = {
        role for role in set(ROLES) - {"anonymous"} if perms.can_read_rounds(world.person(role))
    }
    assert readers == {"referent", "administrator"}
