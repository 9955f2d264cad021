"""Keys: one per purpose; rotation opens what older keys sealed."""

from __future__ import annotations

import pytest

from app.keys import Keyring, Purpose, SealedError

OLD, NEW = "o" * 40, "n" * 40


def test_each_purpose_has_its_own_key() -> None:
    keys = {key for purpose in Purpose for key in Keyring((OLD,)).keys_for(purpose)}
    assert len(keys) == len(Purpose)


def test_a_rotated_ring_opens_what_the_old_key_sealed() -> None:
    sealed = Keyring((OLD,)).seal("secret")
    rotated = Keyring((NEW, OLD))
    assert rotated.open(sealed) == "secret"
    assert Keyring((NEW,)).open(rotated.reseal(sealed)) == "secret"


def test_a_foreign_seal_is_a_clear_error_without_the_value() -> None:
    sealed = Keyring((OLD,)).seal("secret")
    with pytest.raises(SealedError) as error:
        Keyring((NEW,)).open(sealed)
    assert "secret" not in str(error.value).replace("stored secret", "")


def test_a_ring_does_not_show_its_keys() -> None:
    assert OLD not in repr(Keyring((OLD,)))
