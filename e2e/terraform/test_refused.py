"""What the schema does not have is refused by terraform itself, with its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.terraform.emulator import Emulator
from sandbox.terraform import DefinitionFaultError

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def broken(emulator: Emulator) -> Iterator[Path]:
    """A file of the definitions for what is wrong with them."""
    path = emulator.definitions / "99-broken.tf"
    yield path
    path.unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('resource "aws_unheard_of" "x" {\n}\n', "terraform/99-broken.tf:1: Invalid resource type"),
        ('resource "aws_sns_topic" "x" {\n  colour = "red"\n}\n', "terraform/99-broken.tf:2: Unsupported argument"),
        ('resource "aws_kms_alias" "x" {\n  name = "alias/x"\n}\n', "terraform/99-broken.tf:1: Missing required"),
        ('resource "aws_vpc" "x" {\n  walls {}\n}\n', "terraform/99-broken.tf:2: Unsupported block type"),
        ('data "aws_unheard_of" "x" {\n}\n', "terraform/99-broken.tf:1: Invalid data source"),
    ],
)
def test_what_the_schema_does_not_have_is_refused(emulator: Emulator, broken: Path, text: str, said: str) -> None:
    broken.write_text(text)

    with pytest.raises(DefinitionFaultError) as caught:
        emulator.terraform().validate()

    assert caught.value.problems[0].startswith(said)
