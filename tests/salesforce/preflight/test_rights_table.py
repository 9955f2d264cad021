"""E8: the service's table of rights and the metadata in sfdx/ say the same, so none can drift."""

from __future__ import annotations

from app.orgs.features import Feature
from app.salesforce.names import everything
from app.salesforce.package import LATER, since
from app.salesforce.preflight.rights import FEATURES, SETS, Access, Right
from tools.sfdx import rights as guide
from tools.sfdx.project import PermissionSet, Project

_PROJECT = Project()


def _granted(each: PermissionSet) -> set[Right]:
    """The rights of a set, as its XML grants them."""
    found = {Right(name, Access.USE) for name in each.user_permissions}
    found |= {
        Right(name, Access(access)) for name, granted in each.objects.items() for access in granted
    }
    return found | {
        Right(name, Access.EDIT if editable else Access.READ)
        for name, editable in each.fields.items()
    }


def test_each_right_of_the_sets_to_deploy_is_known_and_granted_there() -> None:
    told = {name: set(each.rights()) for name, each in SETS.items() if not each.is_packaged}
    assert told == {name: _granted(each) for name, each in _PROJECT.local_sets.items()}


def test_what_is_asked_of_the_packaged_set_is_granted_by_it() -> None:
    for each in SETS.values():
        if each.is_packaged:
            assert set(each.rights()) <= _granted(_PROJECT.packaged_sets[each.name])


def test_every_field_that_the_service_writes_is_asked_for() -> None:
    asked = {right.name for each in FEATURES.values() for right in each.grants()}
    assert {f"{sobject}.{field}" for sobject, field in everything()} <= asked


def test_each_feature_has_the_sets_that_the_guide_gives_it() -> None:
    assert set(FEATURES) == set(guide.FEATURES)
    assert {feature.value for feature in Feature} <= set(FEATURES)
    for feature, needs in FEATURES.items():
        named = {name for name, each in _PROJECT.local_sets.items() if feature in each.features}
        assert set(needs.sets) == named
        assert set(needs.grants().values()) <= {*named, guide.INTEGRATION}


def test_each_local_set_is_for_a_feature() -> None:
    used = {name for needs in FEATURES.values() for name in needs.sets}
    assert used == {name for name, each in SETS.items() if not each.is_packaged}


def test_every_field_of_the_package_has_a_name_and_a_release_that_is_out() -> None:
    """X19: what a release adds is entered with it, so that an older package can be told."""
    fields = [each for each in _PROJECT.fields.values() if each.writable]
    packaged = {f"{each.sobject}.{each.name}".replace("Activity.", "Task.") for each in fields}
    known = {f"{sobject}.{field}" for sobject, field in everything()}
    assert known == packaged
    version = _PROJECT.settings["packageDirectories"][0]["versionNumber"].split(".")
    assert max(map(since, known)) <= tuple(map(int, version[:2]))
    assert set(LATER) <= known
