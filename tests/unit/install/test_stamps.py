from __future__ import annotations

from pathlib import Path

from sandbox.install import stamps


def test_a_folder_is_installed_only_from_what_it_was_installed_from(tmp_path: Path) -> None:
    assert not stamps.is_installed(tmp_path, "a")
    stamps.remember(tmp_path, "a")
    assert stamps.is_installed(tmp_path, "a")
    assert not stamps.is_installed(tmp_path, "b")


def test_a_forgotten_folder_is_installed_anew(tmp_path: Path) -> None:
    stamps.remember(tmp_path, "a")
    stamps.forget(tmp_path)
    assert not stamps.is_installed(tmp_path, "a")


def test_the_digest_follows_content_and_facts(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("a==1")
    first = stamps.digest([lock], "/here")
    assert stamps.digest([lock], "/there") != first
    lock.write_text("a==2")
    assert stamps.digest([lock], "/here") != first
