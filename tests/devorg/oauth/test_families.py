"""Families of refresh tokens, whatever is done with them, against an obvious model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devorg.apps.app import ClientApp
from devorg.apps.ended import Ended
from devorg.apps.grants import Grants
from devorg.clock import Clock
from devorg.schema import STANDARD
from devorg.store import Store
from devorg.users import USERS

_NUMBERS = count()


@pytest.fixture(scope="module")
def grants() -> Iterator[tuple[Grants, Ended]]:
    """The grants of an empty store."""
    store = Store(None, STANDARD)
    ended = Ended(store)
    yield Grants(store, Clock(), ended), ended
    store.close()


@given(st.booleans(), st.lists(st.tuples(st.integers(0, 1), st.integers(0, 6)), max_size=12))
def test_a_family_lives_until_an_old_token_is_shown(
    grants: tuple[Grants, Ended], rotates: bool, shown: list[tuple[int, int]]
) -> None:
    """X16: two families; each step shows one of a family's tokens, counted from its newest."""
    kept, ended = grants
    app = replace(ClientApp(f"app-{next(_NUMBERS)}", "secret"), rotates=rotates)
    opened = [kept.open(app, USERS[0], frozenset({"api"})) for _ in range(2)]
    tokens = [[kept.issue(each)] for each in opened]
    alive = [True, True]
    for family, back in shown:
        known = tokens[family]
        at = max(len(known) - 1 - back, 0)
        is_newest = at == len(known) - 1
        result = kept.refresh(app, known[at])
        assert (result is not None) == (alive[family] and is_newest)
        alive[family] = alive[family] and is_newest
        if result is not None and result[1] is not None:
            known.append(result[1])
        assert (result is None) or (result[1] is not None) == rotates
        assert [each.id in ended for each in opened] == [not each for each in alive]
