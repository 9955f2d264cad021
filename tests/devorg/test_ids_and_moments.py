"""Record ids and written moments."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from devorg import ids, moments


def test_known_ids_have_their_documented_suffix() -> None:
    """X16: ids as the recorded replies of real orgs show them."""
    for known in ("0017e00001W4GYRAA3", "0037e00001WZ310AAD", "0067e00000K8i71AAB"):
        assert ids.to_18(known[:15]) == known
        assert ids.to_18(known) == known


def test_a_wrong_suffix_is_no_id() -> None:
    """X16: an id that was changed on its way is not accepted."""
    assert ids.to_18("0017e00001W4GYRAA4") is None
    assert ids.to_18("0017e00001W4GY") is None


@given(st.integers(min_value=1, max_value=10**9))
def test_made_ids_are_valid_and_sort_as_they_were_made(number: int) -> None:
    """X16: ids are valid, and later ones are greater."""
    first, second = ids.make("00T", number), ids.make("00T", number + 1)
    assert ids.to_18(first) == first
    assert first[:15] < second[:15]


@given(st.datetimes(datetime.fromisoformat("1000-01-01"), timezones=st.just(UTC)))
def test_a_moment_is_read_back_to_the_second(moment: datetime) -> None:
    """X16: what Salesforce writes is the same moment without milliseconds."""
    assert moments.read(moments.write(moment)) == moment.replace(microsecond=0)


def test_moments_are_read_in_every_form_clients_send() -> None:
    """X16: Z, offsets with and without colon, fractions."""
    expected = datetime(2026, 3, 1, 10, 0, 5, tzinfo=UTC)
    for text in (
        "2026-03-01T10:00:05Z",
        "2026-03-01T10:00:05.123Z",
        "2026-03-01T12:00:05+02:00",
        "2026-03-01T08:00:05.5-0200",
        "2026-03-01T10:00:05.000+0000",
    ):
        assert moments.read(text) == expected
    assert moments.read("2026-03-01") is None
    assert moments.read("2026-13-01T10:00:05Z") is None
