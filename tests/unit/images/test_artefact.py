from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sandbox.images.artefact import Artefact, Show, order
from sandbox.images.digests import digest
from sandbox.images.workshop import Workshop


@dataclass(frozen=True, eq=False)
class Thing(Artefact):
    content: str = ""
    there: set[str] = field(default_factory=set)

    def inputs(self) -> Iterable[str | bytes | Path]:
        yield self.content

    def exists(self) -> bool:
        return self.digest in self.there

    def build(self, show: Show) -> None:
        self.there.add(self.digest)


def test_needs_are_built_before_what_needs_them_and_only_once(shop: Workshop) -> None:
    base = Thing("base", shop)
    left, right = Thing("left", shop, (base,)), Thing("right", shop, (base,))
    assert [thing.name for thing in order([left, right])] == ["base", "left", "right"]


def test_nothing_below_an_artefact_that_is_there_is_built(shop: Workshop) -> None:
    base = Thing("base", shop)
    top = Thing("top", shop, (base,))
    top.there.add(top.digest)
    assert order([top]) == []


def test_a_killed_build_goes_on_with_what_is_missing(shop: Workshop) -> None:
    base = Thing("base", shop)
    middle = Thing("middle", shop, (base,))
    top = Thing("top", shop, (middle,))
    for thing in order([top])[:2]:  # then it was killed
        thing.build(lambda _: None)
    assert order([top]) == [top]


def test_a_changed_input_changes_everything_above_it(shop: Workshop) -> None:
    def top(content: str) -> Thing:
        return Thing("top", shop, (Thing("middle", shop, (Thing("base", shop, content=content),)),))

    assert top("a").digest == top("a").digest
    assert top("a").digest != top("b").digest


def test_a_digest_follows_names_contents_and_execute_bits(tmp_path: Path) -> None:
    folder = tmp_path / "context"
    folder.mkdir()
    script = folder / "run"
    script.write_text("a")
    seen = {digest(folder)}
    script.write_text("b")
    seen.add(digest(folder))
    script.chmod(0o755)
    seen.add(digest(folder))
    script.rename(folder / "walk")
    seen.add(digest(folder))
    assert len(seen) == 4


def test_what_python_leaves_behind_is_no_input(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a")
    before = digest(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_bytes(b"x")
    assert digest(tmp_path) == before


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_different_inputs_never_share_a_digest(left: list[str], right: list[str]) -> None:
    assert (digest(*left) == digest(*right)) == (left == right)
