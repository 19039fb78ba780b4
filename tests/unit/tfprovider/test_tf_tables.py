"""Every table names only what the schema and the botocore model have."""

from __future__ import annotations

from collections.abc import Iterator

import botocore.session
import pytest

from sandbox.tfprovider import schema
from sandbox.tfprovider.resources import TABLES
from sandbox.tfprovider.schema import Block
from sandbox.tfprovider.table import NOTHING, Op, Resource

SESSION = botocore.session.get_session()


def operations(table: Resource) -> Iterator[Op]:
    yield table.create
    yield from (read.op for read in table.reads)
    yield from (change.run for change in table.changes if isinstance(change.run, Op))
    yield from (op for op in (table.delete,) if op)
    yield from (wait.op for wait in (table.ready, table.gone) if wait)
    if table.tags:
        yield from (op for op in (table.tags.tag, table.tags.untag, table.tags.listing) if op)


def exists(block: Block, path: str) -> bool:
    first, _, rest = path.partition(".")
    if not rest:
        return first in block.attributes or first in block.blocks
    return first in block.blocks and exists(block.blocks[first].block, rest)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_operations_exist(table: Resource) -> None:
    for op in operations(table):
        model = SESSION.get_service_model(op.service or table.service)

        assert op.name in model.operation_names


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_attributes_exist(table: Resource) -> None:
    block = schema.load().resources[table.type_name].block
    paths = {*table.force_new, *table.defaults, *table.json_attributes, *table.volatile, *table.silent, *table.same}
    paths |= {name for change in table.changes for name in change.attributes} | set(table.created)
    paths |= {name for op in operations(table) if op.only != NOTHING for name in op.only}

    assert {path for path in paths if not exists(block, path)} == set()


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_attribute_that_can_be_set_can_be_changed_or_needs_a_new_one(table: Resource) -> None:
    """Otherwise a change fails at apply; what is listed here is not used by the definitions."""
    block = schema.load().resources[table.type_name].block
    used = {name for name, attribute in block.attributes.items() if attribute.required}
    covered = {path.partition(".")[0] for path in table.force_new}
    covered |= {name for change in table.changes for name in change.attributes}

    assert used - covered == set()
