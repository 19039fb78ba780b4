"""Terraform on one target: plan, apply, destroy."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox.instance import REPOSITORY
from sandbox.terraform import holder
from sandbox.terraform.command import Binary
from sandbox.terraform.diagnostics import Result
from sandbox.terraform.errors import StateLockedError
from sandbox.terraform.plans import Plan, Summary
from sandbox.terraform.provider import Choice
from sandbox.terraform.target import Target
from sandbox.terraform.workspace import Workspace

#: Called with what is planned; False leaves everything as it is.
Approve = Callable[[Plan], bool]

#: How often a dead run's lock is broken for one command. More than once: where an answer is lost, terraform asks again,
#: and is then refused by the lock that it took itself.
_LOCKS_BROKEN = 3


def _ignore(_: Any) -> None:
    """Notices go nowhere unless somebody asks for them."""


class TerraformRun:
    """Runs terraform for one target, in folders of its own.

    Args:
        target: Where the resources are made.
        state: A folder of the instance: working directory, terraform's data, logs.
        tools: A folder that all instances share: the provider.
        definitions: `terraform/` of the checkout.
        notice: Called with one line whenever something happens that the user should know.
        progress: Called with each resource's address when it is done.
        listen: Called with each message of terraform's.
        choice: Which provider; what CALI_TF_PROVIDER says, by default.
        variables: What provider processes find in their environment besides.
    """

    def __init__(  # noqa: PLR0913 - all but the first three have defaults
        self,
        target: Target,
        *,
        state: Path,
        tools: Path,
        definitions: Path = REPOSITORY / "terraform",
        notice: Callable[[str], None] = _ignore,
        progress: Callable[[str], None] = _ignore,
        listen: Callable[[dict[str, Any]], None] = _ignore,
        choice: Choice | None = None,
        variables: dict[str, str] | None = None,
    ) -> None:
        self.target = target
        self.notice = notice
        self.workspace = Workspace(
            target,
            root=state / target.name,
            tools=tools,
            definitions=definitions,
            listen=self._listen,
            choice=choice,
            variables=variables or {},
        )
        self._progress = progress
        self._hear = listen

    @property
    def nature(self) -> str:
        """What stands behind the AWS provider: `real` or `own`; known once something ran."""
        return self.workspace.nature

    @property
    def log(self) -> Path:
        """All that terraform wrote."""
        return self.workspace.log

    @property
    def work(self) -> Path:
        """The working directory."""
        return self.workspace.work

    def apply(self) -> dict[str, Any]:
        """Make everything as it is defined; returns the outputs."""
        with self._at_work() as workspace:
            return self._applied(workspace, ["-auto-approve"])

    def destroy(self) -> None:
        """Remove everything that is defined."""
        if self._unfinished.exists() and self.target.is_local:
            self.apply()  # takes over what a killed run made but did not note, so that it can be removed
        with self._at_work() as workspace:
            self._applied(workspace, ["-destroy", "-auto-approve"])

    def plan(self) -> Summary:
        """What `apply` would do."""
        return self.review().summary

    def review(self, options: Sequence[str] = ()) -> Plan:
        """What `apply` would do, as terraform shows it to people and to machines."""
        with self._at_work() as workspace:
            try:
                return self._reviewed(workspace, options)
            finally:
                workspace.plan_file.unlink(missing_ok=True)

    def apply_reviewed(self, approve: Approve, options: Sequence[str] = ()) -> dict[str, Any] | None:
        """Plan, ask, and do exactly what was planned; returns the outputs, or None when it was not approved."""
        with self._at_work() as workspace:
            plan = self._reviewed(workspace, options)
            try:
                if not approve(plan):
                    return None
                return self._applied(workspace, [str(workspace.plan_file)])
            finally:
                workspace.plan_file.unlink(missing_ok=True)

    def plain(self, verb: str, *arguments: str) -> str:
        """Run one of terraform's other commands; returns what it printed."""
        with self._at_work() as workspace:
            result = self._unlocked(lambda: workspace.plain([verb, *arguments]))
            workspace.check(verb, result)
            return result.text

    def validate(self) -> None:
        """Check the definitions; raises DefinitionFaultError."""
        with self._at_work() as workspace:
            workspace.check("validate", workspace.validate())

    def force_unlock(self, lock: str) -> str:
        """Break the state's lock of that id; returns what terraform says."""
        return self.plain("force-unlock", "-force", lock)

    def show(self) -> dict[str, Any]:
        """The state, as terraform tells machines of it."""
        return dict(json.loads(self.plain("show", "-json")))

    def _reviewed(self, workspace: Workspace, options: Sequence[str]) -> Plan:
        refresh = [] if self.target.store(workspace.definitions) else ["-refresh=false"]
        arguments = ["plan", f"-out={workspace.plan_file}", *refresh, *options]
        result = self._unlocked(lambda: workspace.stream(arguments))
        workspace.check("plan", result)
        shown = [workspace.plain(["show", *form, str(workspace.plan_file)]) for form in (["-json"], [])]
        for answer in shown:
            workspace.check("show", answer)
        return Plan.of(result, json.loads(shown[0].text), shown[1].text)

    def _applied(self, workspace: Workspace, arguments: Sequence[str]) -> dict[str, Any]:
        self._unfinished.touch()
        result = self._unlocked(lambda: workspace.stream(["apply", *arguments]))
        if result.code >= 0:
            self._unfinished.unlink(missing_ok=True)  # it ended by itself, so it has written its state
        workspace.check("apply", result)
        outputs = result.last("outputs").get("outputs") or {}
        return {name: entry.get("value") for name, entry in outputs.items()}

    @property
    def _unfinished(self) -> Path:
        """There while an apply runs: found at the start of the next one, the last one was killed."""
        return self.workspace.root / "unfinished"

    @contextmanager
    def _at_work(self) -> Iterator[Workspace]:
        """Hold the target's file lock, with everything laid out and initialized."""
        workspace = self.workspace
        workspace.binary = Binary.find()
        with holder.held(workspace.root / "lock", self.target.name, self.notice) as descriptor:
            workspace.prepare(descriptor)
            yield workspace

    def _unlocked(self, work: Callable[[], Result]) -> Result:
        """Do `work`, again when the lock that stopped it was a dead run's."""
        result = work()
        for _ in range(_LOCKS_BROKEN):
            if not result.lock:
                break
            self._break_lock(result)
            result = work()
        return result

    def _break_lock(self, result: Result) -> None:
        """Break a local state's lock: this process holds the file lock, so whoever took the state's is dead."""
        who = result.lock_holder or "unknown"
        if not self.target.is_local:
            raise StateLockedError(self.target.name, who, lock=result.lock)
        others = holder.others_in(self.work)
        if others:
            raise StateLockedError(self.target.name, f"terraform, pid {others[0]}")
        self.notice(f"a run of terraform that died held the state's lock ({who}); it is broken now")
        done = self.workspace.plain(["force-unlock", "-force", result.lock])
        if done.code:
            # The run that follows shows whether the lock is there still.
            self.notice(f"force-unlock exited with {done.code}: {done.text.strip() or '; '.join(done.errors)}")

    def _listen(self, message: dict[str, Any]) -> None:
        if message.get("type") == "apply_complete":
            self._progress(str(message["hook"]["resource"]["addr"]))
        self._hear(message)


def outputs_as_text(outputs: dict[str, Any]) -> dict[str, str]:
    """Outputs as the instance remembers them: text, JSON for what is not."""
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in outputs.items()}
