"""Kinds of engagement and what they are called."""

from __future__ import annotations

import pytest

from app.engagement import kinds
from app.engagement.kinds import FACTS, STEP_LABELS, Kind, Step


def test_every_known_kind_and_step_is_described() -> None:
    assert set(FACTS) == set(Kind)
    assert set(STEP_LABELS) == set(Step)


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        ("email_opened", "E-mail opened"),
        ("link_clicked", "Link clicked"),
        ("custom.webinar_joined", "Webinar joined"),
        ("crm.note", "Crm note"),
        ("_", "_"),
    ],
)
def test_a_kind_has_a_name_for_people(kind: str, label: str) -> None:
    assert kinds.label(kind) == label


def test_a_sent_email_is_ours_and_a_custom_kind_is_theirs() -> None:
    assert not kinds.engages(Kind.EMAIL_SENT)
    assert kinds.engages("custom.anything")
    assert kinds.facts_of("custom.anything").points > 0
