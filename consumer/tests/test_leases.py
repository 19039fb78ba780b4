from __future__ import annotations

import time

from fakes import FakeDynamo
from hypothesis import given
from hypothesis import strategies as st

from cali_consumer.leases import SHARD_END, Lease, LeaseTable, Snapshot, Worker, wanted


def table(fake: FakeDynamo, name: str, lease_s: float = 8.0) -> LeaseTable:
    return LeaseTable(fake, "leases", name, f"{name}/1", lease_s)  # type: ignore[arg-type]  # a fake


def living(*names: str) -> dict[str, Worker]:
    return {name: Worker(name, f"{name}/1", time.time() + 8) for name in names}


def nobody_dead(_: str) -> bool:
    return False


def test_one_of_two_takes_a_lease(lease_table: FakeDynamo) -> None:
    one, other = table(lease_table, "a"), table(lease_table, "b")
    one.ensure("shard-0", ())
    other.ensure("shard-0", ())
    lease = one.read().leases["shard-0"]
    assert one.take(lease) is not None
    assert other.take(lease) is None


def test_a_lease_that_was_renewed_cannot_be_taken(lease_table: FakeDynamo) -> None:
    one, other = table(lease_table, "a"), table(lease_table, "b")
    one.ensure("shard-0", ())
    taken = one.take(one.read().leases["shard-0"])
    seen = other.read().leases["shard-0"]
    assert taken is not None
    assert one.renew(taken) is not None
    assert other.take(seen) is None


def test_who_lost_a_lease_moves_no_checkpoint(lease_table: FakeDynamo) -> None:
    one, other = table(lease_table, "a"), table(lease_table, "b")
    one.ensure("shard-0", ())
    taken = one.take(one.read().leases["shard-0"])
    assert taken is not None
    assert one.checkpoint("shard-0", "5")
    stolen = other.take(other.read().leases["shard-0"])
    assert stolen is not None
    assert stolen.checkpoint == "5"
    assert not one.checkpoint("shard-0", "9")
    assert one.renew(taken) is None
    one.release("shard-0")
    assert other.read().leases["shard-0"].owner == "b/1"


def test_a_lease_that_could_not_be_given_back_is_taken_again_once_it_has_run_out() -> None:
    now = time.time()
    kept, ran_out = Lease("s", "a/1", 3, now + 5), Lease("s", "a/1", 3, now - 1)
    assert wanted(Snapshot({"s": kept}, living("a")), "a/1", nobody_dead, now) == []
    assert wanted(Snapshot({"s": ran_out}, living("a")), "a/1", nobody_dead, now) == [ran_out]


def test_a_heartbeat_is_gone_when_its_process_retires(lease_table: FakeDynamo) -> None:
    one = table(lease_table, "a")
    one.heartbeat()
    assert one.read().living(time.time()) == {"a/1"}
    one.retire()
    one.retire()
    assert one.read().living(time.time()) == set()


def test_an_expired_lease_is_taken_within_its_length() -> None:
    now = time.time()
    snapshot = Snapshot({"s": Lease("s", "b/1", 3, now - 0.1)}, living("a"))
    assert [lease.shard_id for lease in wanted(snapshot, "a/1", nobody_dead, now)] == ["s"]
    assert wanted(Snapshot({"s": Lease("s", "b/1", 3, now + 5)}, living("a", "b")), "a/1", nobody_dead, now) == []


def test_the_lease_of_a_dead_process_is_not_waited_for() -> None:
    now = time.time()
    snapshot = Snapshot({"s": Lease("s", "a/0", 3, now + 5)}, living("a"))
    assert wanted(snapshot, "a/1", lambda owner: owner == "a/0", now)


def test_children_wait_for_their_parents() -> None:
    now = time.time()
    parent, child = Lease("p", "b/1", 1, now + 5, checkpoint="7"), Lease("c", parents=("p",))
    assert wanted(Snapshot({"p": parent, "c": child}, living("a", "b")), "a/1", nobody_dead, now) == []
    done = Lease("p", "", 2, 0, checkpoint=SHARD_END)
    assert wanted(Snapshot({"p": done, "c": child}, living("a")), "a/1", nobody_dead, now) == [child]
    assert wanted(Snapshot({"c": child}, living("a")), "a/1", nobody_dead, now) == [child]


def test_a_newcomer_gets_its_share() -> None:
    now = time.time()
    leases = {name: Lease(name, "b/1", 1, now + 5) for name in ("s0", "s1", "s2", "s3")}
    assert len(wanted(Snapshot(leases, living("a", "b")), "a/1", nobody_dead, now)) == 1


@given(st.integers(1, 8), st.integers(1, 5))
def test_all_shards_are_read_and_nobody_starves_or_fights(shards: int, replicas: int) -> None:
    """Taking turns, the replicas come to rest with every shard read and no two shares more than one apart."""
    now = time.time()
    names = [f"r{number}" for number in range(replicas)]
    workers = living(*names)
    leases = {f"s{number}": Lease(f"s{number}") for number in range(shards)}
    for turn in range(replicas * shards * 4):
        me = f"{names[turn % replicas]}/1"
        for lease in wanted(Snapshot(leases, workers), me, nobody_dead, now):
            leases[lease.shard_id] = Lease(lease.shard_id, me, lease.counter + 1, now + 8)
    held = [sum(lease.owner == f"{name}/1" for lease in leases.values()) for name in names]
    assert sum(held) == shards
    assert max(held) - min(held) <= 1
    for name in names:
        assert wanted(Snapshot(leases, workers), f"{name}/1", nobody_dead, now) == []
