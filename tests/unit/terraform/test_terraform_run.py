from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.terraform import DefinitionFaultError, Plan, StateLockedError, TerraformError
from sandbox.terraform.aws import OfflineTarget
from sandbox.terraform.backend import Store
from tests.unit.terraform.fake import Fake

LOCK = "ebcb21eb-6ca3-66e0-82bb-b84e5c6c4c40"


class OwnTarget(OfflineTarget):
    """A target of this machine alone."""

    is_local = True

    def store(self, _definitions: Path) -> None:
        return


def locked() -> dict[str, Any]:
    detail = f"Lock Info:\n  ID:        {LOCK}\n  Who:       me@there\n"
    return {
        "type": "diagnostic",
        "diagnostic": {"severity": "error", "summary": "Error acquiring the state lock", "detail": detail},
    }


def test_what_was_approved_is_what_is_done(fake: Fake) -> None:
    change = {"action": "update", "resource": {"addr": "aws_s3_bucket.logs"}}
    fake.says(
        "plan", {"type": "planned_change", "change": change}, {"type": "change_summary", "changes": {"change": 1}}
    )
    fake.says("apply", {"type": "outputs", "outputs": {"name": {"value": "x"}}})
    run = fake.run(OfflineTarget("dev"))
    seen: list[tuple[str, ...]] = []

    def approve(plan: Plan) -> bool:
        seen.append(plan.summary.addresses)
        return True

    outputs = run.apply_reviewed(approve)

    plan_file = run.workspace.plan_file
    assert seen == [("update aws_s3_bucket.logs",)]
    assert outputs == {"name": "x"}
    assert fake.calls[1] == f"plan -json -input=false -out={plan_file} -refresh=false"
    assert fake.calls[-1] == f"apply -json -input=false {plan_file}"


def test_nothing_is_done_without_approval(fake: Fake) -> None:
    run = fake.run(OfflineTarget("dev"))

    assert run.apply_reviewed(lambda _plan: False) is None

    assert not [call for call in fake.calls if call.startswith("apply")]


def test_a_lock_on_aws_is_never_broken_by_itself(fake: Fake) -> None:
    fake.says("plan", locked(), fails=True)

    with pytest.raises(
        StateLockedError, match=rf"works on the aws-dev-offline target \(me@there\).*force-unlock {LOCK}"
    ):
        fake.run(OfflineTarget("dev")).plan()

    assert not [call for call in fake.calls if call.startswith("force-unlock")]


def test_a_dead_runs_lock_on_this_machine_is_broken_with_a_notice(fake: Fake) -> None:
    fake.says("plan", locked(), fails=True)

    with pytest.raises(TerraformError, match="Error acquiring the state lock"):  # it is there each time
        fake.run(OwnTarget("dev")).plan()

    assert fake.calls.count(f"force-unlock -force {LOCK}") == 3
    assert set(fake.notices) == {"a run of terraform that died held the state's lock (me@there); it is broken now"}


def test_a_wrong_value_is_named_with_its_place_in_the_checkout(fake: Fake) -> None:
    span = {"filename": "0-dev.auto.tfvars", "start": {"line": 1}}
    diagnostic = {"severity": "error", "summary": "Invalid value", "detail": "", "range": span}
    fake.says("plan", {"type": "diagnostic", "diagnostic": diagnostic}, fails=True)

    with pytest.raises(DefinitionFaultError, match=r"^terraform plan: terraform/environments/dev\.tfvars:1: Invalid"):
        fake.run(OfflineTarget("dev")).plan()


def test_the_complaint_of_a_plain_command_is_one_line(fake: Fake) -> None:
    text = "\nError: Resource already managed by Terraform\n\nTerraform is already managing a remote object\nfor x.\n\n"
    (fake.home / "import.err").write_text(text)

    with pytest.raises(TerraformError) as caught:
        fake.run(OfflineTarget("dev")).plain("import", "x", "y")

    assert caught.value.message == (
        "terraform import: Resource already managed by Terraform: Terraform is already managing a remote object for x."
    )


def test_a_plain_commands_broken_file_is_named_with_its_line(fake: Fake) -> None:
    text = '\n│ Error: Unsupported argument\n│ \n│   on main.tf line 3, in resource "a" "b":\n│    3:   x = 1\n'
    (fake.home / "import.err").write_text(text)

    with pytest.raises(DefinitionFaultError, match=r"terraform import: terraform/main\.tf:3: Unsupported argument"):
        fake.run(OfflineTarget("dev")).plain("import", "x", "y")


def test_terraform_is_initialized_once(fake: Fake) -> None:
    run = fake.run(OfflineTarget("dev"))

    run.plan()
    run.plan()

    assert [call.split()[0] for call in fake.calls].count("init") == 1


def test_another_interpreter_is_another_provider(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    run = fake.run(OfflineTarget("dev"))
    run.plan()
    lock = run.work / ".terraform.lock.hcl"
    lock.write_text("# the checksum of the provider that was there")

    run.plan()
    kept = lock.exists()
    monkeypatch.setattr("sys.executable", "/elsewhere/bin/python")
    run.plan()

    assert (kept, lock.exists()) == (True, False)
    assert [call.split()[0] for call in fake.calls].count("init") == 2


def test_a_store_of_the_state_is_known_by_its_configuration() -> None:
    store = Store('bucket = "b"\nkey    = "k"\n', client=lambda _service: None, hint="")

    assert (store.setting("bucket"), store.setting("key")) == ("b", "k")
