from __future__ import annotations

import json
import socket

import pytest
from click.testing import CliRunner, Result

from sandbox.cli import cli
from sandbox.commands.terraform import chosen
from sandbox.errors import ExitCode, SandboxError
from sandbox.instance import Home, Instance, Memory
from sandbox.ports import LOOPBACK
from sandbox.services.base import ProcessState
from sandbox.targets.embedded import Embedded
from sandbox.terraform.backend import Store
from sandbox.terraform.provider import VARIABLE
from tests.unit.terraform.fake import Fake

ACCOUNT = "123456789012"
ON_AWS = ("--target", "aws", "--environment", "dev", "--account-id", ACCOUNT)
WITHOUT = ("--target", "aws", "--environment", "dev")


@pytest.fixture(autouse=True)
def checkout(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout of its own, in which nothing is up."""
    monkeypatch.setattr(chosen, "DEFINITIONS", fake.definitions)
    monkeypatch.setenv("CALI_HOME", str(fake.home / "cali"))
    for name in ("CALI_INSTANCE", "CALI_TARGET", "CALI_AWS_ACCOUNT_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(VARIABLE, "own")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["terraform", *arguments], standalone_mode=False)


def refused(*arguments: str) -> SandboxError:
    error = run(*arguments).exception
    assert isinstance(error, SandboxError)
    return error


def one_change(fake: Fake) -> None:
    change = {"action": "create", "resource": {"addr": "aws_s3_bucket.logs"}}
    fake.says("plan", {"type": "planned_change", "change": change}, {"type": "change_summary", "changes": {"add": 1}})


def verbs(fake: Fake) -> list[str]:
    return [call.split()[0] for call in fake.calls]


def test_a_plan_for_aws_needs_no_account(fake: Fake) -> None:
    one_change(fake)

    answer = run("--target", "aws", "plan", "--json")

    document = json.loads(answer.stdout)
    assert (document["target"], document["environment"], document["add"]) == ("aws-dev-offline", "dev", 1)
    assert document["changes"] == [{"action": "create", "address": "aws_s3_bucket.logs"}]
    assert document["provider"]["source"] == "own"
    assert "not what the published provider checks" in document["provider"]["proves"]
    assert [call for call in fake.calls if call.startswith("plan") and "-refresh=false" in call]


@pytest.mark.parametrize(("changes", "code"), [(True, 2), (False, 0)])
def test_the_detailed_exit_code_is_asked_for(fake: Fake, changes: bool, code: int) -> None:
    if changes:
        one_change(fake)

    assert run(*WITHOUT, "plan").return_value == ExitCode.DONE
    assert run(*WITHOUT, "plan", "--detailed-exitcode").return_value == code


@pytest.mark.parametrize("verb", ["apply", "destroy"])
def test_nothing_changes_on_aws_while_nobody_can_be_asked(
    fake: Fake, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    monkeypatch.delenv(VARIABLE)
    one_change(fake)

    error = refused(*ON_AWS, verb)

    assert (error.message, error.exit_code) == ("nobody is there to confirm it", ExitCode.USAGE)
    assert verbs(fake) == ["init", "plan", "show", "show"]


def test_with_approval_what_was_planned_is_applied(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE)
    one_change(fake)
    fake.says("apply", {"type": "outputs", "outputs": {"name": {"value": "x"}}})

    answer = run(*ON_AWS, "apply", "--auto-approve", "--json", "-parallelism=2")

    assert json.loads(answer.stdout)["outputs"] == {"name": "x"}
    assert json.loads(answer.stdout)["provider"]["source"] == "real"
    [plan] = [call for call in fake.calls if call.startswith("plan")]
    assert plan.endswith("-parallelism=2")
    assert "-refresh=false" not in plan
    assert fake.calls[-1].startswith("apply -json -input=false /")


def test_a_destroy_is_planned_as_one(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE)
    one_change(fake)

    assert run(*ON_AWS, "destroy", "--auto-approve").exception is None

    assert [call for call in fake.calls if call.startswith("plan") and call.endswith("-destroy")]


@pytest.mark.parametrize("words", [("--target", "kind"), ("--target=kind",), ("--environment", "dev")])
def test_what_chooses_the_target_comes_before_the_verb_and_the_message_says_so(words: tuple[str, ...]) -> None:
    error = refused("plan", *words)
    assert error.exit_code == ExitCode.USAGE
    assert error.hint == f"it comes before the verb: sandbox terraform {words[0].partition('=')[0]} … plan"


@pytest.fixture
def up(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> Instance:
    """An instance whose emulator answers."""
    instance = Home(fake.home / "cali").instance()
    instance.create()
    for folder in ("overrides/local", "environments"):
        (fake.definitions / folder).mkdir(exist_ok=True)
    for name in ("local", "ministack"):
        (fake.definitions / "overrides" / "local" / f"{name}.tfvars").touch()
    monkeypatch.setattr(Store, "ensure", lambda _store: None)
    monkeypatch.setattr(Embedded, "is_running", lambda _target: True)
    monkeypatch.setattr(Embedded, "states", lambda _target: {"aws": ProcessState("RUNNING", 1, "")})
    ports = {"aws": 1, "firehose": 2}
    memory = Memory(target="embedded", state="up", ports=ports, outputs={"name": "old"}, variant={"definitions": "now"})
    instance.write(memory)
    return instance


def test_an_emulator_of_another_sandbox_is_left_alone(
    fake: Fake, up: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Embedded, "is_running", lambda _target: False)
    with socket.create_server((LOOPBACK, 0)) as strangers:
        memory = up.read()
        memory.ports["aws"] = strangers.getsockname()[1]
        up.write(memory)

        assert refused("plan").message == "the AWS emulator of the embedded target is not up"

    assert fake.calls == []


def test_a_stopped_emulator_is_not_up(up: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Embedded, "states", lambda _target: {"aws": ProcessState("STOPPED", None, "")})

    assert refused("apply").message == "the AWS emulator of the embedded target is not up"
    assert up.read().outputs == {"name": "old"}


def test_a_local_apply_asks_nobody_and_is_remembered(fake: Fake, up: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALI_AWS_ACCOUNT_ID", ACCOUNT)  # exported for AWS, and nothing to this
    one_change(fake)
    fake.says("apply", {"type": "outputs", "outputs": {"name": {"value": ["new"]}}})

    assert run("apply").return_value == ExitCode.DONE

    assert up.read().outputs == {"name": '["new"]'}
    assert up.read().variant == {"definitions": "now"}


def test_a_sensitive_output_is_shown_only_by_its_name(fake: Fake, up: Instance) -> None:
    values = {"url": {"value": "x", "sensitive": False}, "key": {"value": "s3cret", "sensitive": True}}
    (fake.home / "output.out").write_text(json.dumps(values))

    assert run("output").output == "url = x\nkey = (sensitive)\n"
    assert run("output", "key").output == "s3cret\n"
    assert json.loads(run("output", "--json").output) == {"url": "x", "key": "s3cret"}
    assert refused("output", "nope").message == "there is no output called 'nope'"
    assert up.read().outputs == {"name": "old"}


def test_the_next_up_makes_what_was_destroyed(fake: Fake, up: Instance) -> None:
    one_change(fake)

    assert run("destroy").return_value == ExitCode.DONE

    assert up.read().variant == {}
    assert up.read().outputs == {"name": "old"}


@pytest.mark.parametrize("arguments", [("apply",), ("plan", "--live"), ("state", "list")])
def test_the_own_provider_never_works_on_aws(fake: Fake, arguments: tuple[str, ...]) -> None:
    error = refused(*ON_AWS, *arguments)

    assert error.message == f"{VARIABLE} is own, and on AWS only the published provider works"
    assert fake.calls == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("plan",), "the AWS emulator of the embedded target is not up"),
        (("--target", "aws", "plan", "--live"), "the aws target needs --environment"),
        (("--target", "aws", "--environment", "x", "plan"), "there is no terraform/environments/x.tfvars"),
        ((*WITHOUT, "apply"), "the aws target needs to know the account"),
        ((*WITHOUT, "plan", "-out=x"), "-out=x cannot be given to terraform here"),
        ((*WITHOUT, "plan", "-state=x"), "-state=x cannot be given to terraform here"),
        (("--environment", "dev", "plan"), "--environment belongs to --target aws"),
        (("bootstrap",), "terraform bootstrap belongs to --target aws"),
        (("summary",), "terraform summary belongs to --target aws"),
    ],
)
def test_what_cannot_be_is_one_line(arguments: tuple[str, ...], message: str) -> None:
    assert refused(*arguments).message == message


def test_a_committed_summary_is_never_the_published_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "real")

    assert refused("--target", "aws", "summary", "--write").message == (
        "the committed summary is made by the sandbox's own provider"
    )


def test_examples_in_a_help_keep_their_lines() -> None:
    lines = run("--help").output.splitlines()

    assert "    sandbox terraform plan" in lines
