"""The logs that a node's kubelet keeps are read on the host through the folder its links stand for."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from sandbox import container_logs, sending
from sandbox.record import find_line

LINK = "consumer-abc_cali_consumer-0123.log"


def _node(root: Path, content: bytes) -> Path:
    """A node's two folders as the host sees them; returns the one of the links."""
    pod = root / "pods" / "cali_consumer-abc_uid" / "consumer"
    pod.mkdir(parents=True)
    (pod / "0.log").write_bytes(content)
    links = root / "containers"
    links.mkdir()
    (links / LINK).symlink_to("/var/log/pods/cali_consumer-abc_uid/consumer/0.log")
    return links


def test_a_pods_line_is_found_under_the_name_of_its_link(tmp_path: Path) -> None:
    links = _node(tmp_path, b"2026-01-01T00:00:00.5Z stdout F ready\n")
    [log] = container_logs.newest_first(links)
    assert (log.name, log.path.read_bytes()[-6:]) == (LINK, b"ready\n")
    wanted = f"{LINK}\n2026-01-01T00:00:00.5Z\nready"
    line = find_line(links, sha256(wanted.encode()).hexdigest()[:20])
    assert (line.log_name, line.number) == (LINK, 1)


def test_what_is_sent_stands_among_the_links(tmp_path: Path) -> None:
    links = _node(tmp_path, b"")
    [(_, reference)] = sending.append(sending.container_log(links), [b"hello"])
    assert find_line(links, reference.record_id).reference == reference


def test_a_link_to_a_pod_that_is_gone_is_passed_over(tmp_path: Path) -> None:
    links = _node(tmp_path, b"")
    (links / "gone_cali_gone-1.log").symlink_to("/var/log/pods/gone/gone/0.log")
    (links / "odd_cali_odd-1.log").symlink_to("/var/lib/docker/elsewhere.log")
    assert [log.name for log in container_logs.newest_first(links)] == [LINK]
