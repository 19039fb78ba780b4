"""docs/terraform-limits.md against the tables and schemas; what the emulator really tells is for e2e/terraform."""

from __future__ import annotations

from e2e.terraform import limits
from sandbox.tfprovider import schema
from sandbox.tfprovider.resources import TABLES


def test_what_the_state_keeps_is_listed() -> None:
    kept = {(name, path) for name, table in TABLES.items() for path in table.kept}

    assert {(name, path) for name, path, _ in limits.read()[limits.UNSEEN]} == kept


def test_types_that_are_planned_only_are_listed() -> None:
    listed = {name for name, path, _ in limits.read()[limits.PLANNED_ONLY] if not path}

    assert listed == set(schema.load().resources) - set(TABLES)


def test_what_is_refused_is_what_a_change_would_need() -> None:
    for type_name, attribute, operation in limits.read()[limits.REFUSED]:
        changes = [change for change in TABLES[type_name].changes if attribute in change.attributes]

        assert changes, f"{type_name}.{attribute}"
        assert operation
