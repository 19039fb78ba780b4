from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from sandbox.images.catalogue import BUILDABLE, CATALOGUE
from sandbox.images.errors import NoRecipeError, UnknownImageError, UnpublishedError
from sandbox.images.image import LABEL
from sandbox.images.inventory import clean, rows
from sandbox.images.settings import Settings
from sandbox.images.shelf import Shelf, is_built
from sandbox.images.workshop import Workshop
from sandbox.terminal import Terminal

if TYPE_CHECKING:
    from .conftest import FakeEngine


@pytest.fixture
def terminal() -> Terminal:
    quiet = Terminal()
    quiet.console = Console(file=io.StringIO(), width=200)
    return quiet


PUBLISHED = CATALOGUE["opensearch"].published or ""


def test_a_published_image_is_taken_where_it_can_be_pulled(
    shop: Workshop, engine: FakeEngine, terminal: Terminal
) -> None:
    engine.images.in_registry.add(PUBLISHED)
    shelf = Shelf(shop, terminal)
    image = shelf.choose("opensearch")
    assert image.reference == PUBLISHED
    shelf.make([image])
    assert PUBLISHED in engine.images.present


def test_ours_stands_in_where_no_registry_answers_and_that_is_said(
    shop: Workshop, engine: FakeEngine, terminal: Terminal
) -> None:
    engine.images.reached = False
    image = Shelf(shop, terminal).choose("opensearch")
    assert is_built(image.reference)
    output = terminal.console.file
    assert isinstance(output, io.StringIO)
    assert PUBLISHED in output.getvalue()
    assert "no such host" in output.getvalue()


def test_a_silent_registry_is_asked_once(shop: Workshop, engine: FakeEngine, terminal: Terminal) -> None:
    engine.images.reached = False
    shelf = Shelf(shop, terminal)
    for name in ("python", "localstack", "opensearch", "kind-node"):
        shelf.choose(name)
    assert len(engine.images.asked) == 1


def test_a_published_image_that_is_here_needs_no_registry(
    shop: Workshop, engine: FakeEngine, terminal: Terminal
) -> None:
    engine.images.present.add(PUBLISHED)
    assert Shelf(shop, terminal).choose("opensearch").reference == PUBLISHED
    assert engine.images.asked == []


def test_one_of_ours_that_is_up_to_date_needs_no_registry(
    shop: Workshop, engine: FakeEngine, terminal: Terminal
) -> None:
    engine.images.reached = False
    ours = Shelf(shop, terminal).choose("metrics-server")
    engine.images.present.add(ours.reference)
    engine.images.asked.clear()
    assert Shelf(shop, terminal).choose("metrics-server").reference == ours.reference
    assert engine.images.asked == []


def test_with_published_only_nothing_stands_in(shop: Workshop, terminal: Terminal) -> None:
    strict = replace(shop, settings=Settings(source="published"))
    with pytest.raises(UnpublishedError, match="not found"):
        Shelf(strict, terminal).choose("opensearch")


def test_one_that_none_of_ours_stands_in_for_is_pulled_or_refused(
    shop: Workshop, engine: FakeEngine, terminal: Terminal
) -> None:
    with pytest.raises(UnpublishedError, match=r"fluent-bit.* cannot be pulled: not found"):
        Shelf(shop, terminal).choose("fluent-bit")
    with pytest.raises(UnpublishedError, match="CALI_IMAGES is built"):
        Shelf(replace(shop, settings=Settings(source="built")), terminal).choose("fluent-bit")
    with pytest.raises(NoRecipeError, match="fluent-bit is not built here"):
        Shelf(shop, terminal).built("fluent-bit")
    published = CATALOGUE["fluent-bit"].published or ""
    engine.images.in_registry.add(published)
    assert Shelf(shop, terminal).choose("fluent-bit").reference == published


def test_the_list_names_every_image(shop: Workshop, engine: FakeEngine, terminal: Terminal) -> None:
    engine.images.reached = False
    found = {row.name: row for row in rows(Shelf(shop, terminal))}
    assert found.keys() == CATALOGUE.keys()
    assert (found["fluent-bit"].origin, found["fluent-bit"].state) == ("published", "missing")


def test_with_built_only_no_registry_is_asked(shop: Workshop, engine: FakeEngine, terminal: Terminal) -> None:
    shelf = Shelf(replace(shop, settings=Settings(source="built")), terminal)
    assert all(is_built(shelf.choose(name).reference) for name in BUILDABLE)
    assert engine.images.asked == []


def test_a_mirror_is_asked_in_place_of_the_registry(shop: Workshop, engine: FakeEngine, terminal: Terminal) -> None:
    engine.images.in_registry.add(f"mirror.example:5000/hub/{PUBLISHED}")
    mirrored = replace(shop, settings=Settings(registry="mirror.example:5000/hub"))
    assert Shelf(mirrored, terminal).choose("opensearch").reference == f"mirror.example:5000/hub/{PUBLISHED}"


def test_the_products_own_images_are_always_built_and_follow_their_code(shop: Workshop, terminal: Terminal) -> None:
    shelf = Shelf(replace(shop, settings=Settings(source="built")), terminal)
    for name in ("consumer", "log-generator", "sandbox", "model", "milvus-lite"):
        assert CATALOGUE[name].published is None
        assert shelf.choose(name).reference.startswith(f"cali/{name}:")


def test_a_published_base_learns_a_private_ca_before_workloads_stand_on_it(
    shop: Workshop, engine: FakeEngine, terminal: Terminal
) -> None:
    published = CATALOGUE["python"].published or ""
    engine.images.present.add(published)
    assert Shelf(shop, terminal).recipes.trusting_python.reference == published
    private = replace(shop, settings=Settings(certificates=(b"a certificate",)))
    base = Shelf(private, terminal).recipes.trusting_python
    assert base.reference.startswith("cali/python-trusted:")
    assert [need.digest for need in base.needs] == [Shelf(private, terminal).choose("python").digest]


def test_an_unknown_name_is_refused_with_the_known_ones(shop: Workshop, terminal: Terminal) -> None:
    with pytest.raises(UnknownImageError, match=r"there is no image 'consumr'.*consumer"):
        Shelf(shop, terminal).choose("consumr")


def test_cleaning_keeps_current_and_foreign_images(shop: Workshop, engine: FakeEngine, terminal: Terminal) -> None:
    shelf = Shelf(replace(shop, settings=Settings(source="built")), terminal)
    current = shelf.built("consumer").reference
    base = shelf.recipes.bookworm.reference
    engine.images.present |= {current, base, "cali/consumer:0123456789ab", "postgres:17.2"}
    assert clean(shelf, everything=False) == ["cali/consumer:0123456789ab"]
    assert engine.images.present == {current, base, "postgres:17.2"}
    assert engine.images.pruned == {"dangling": True, "label": LABEL}
    clean(shelf, everything=True)
    assert engine.images.present == {"postgres:17.2"}
