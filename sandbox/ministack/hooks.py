"""Where MiniStack is reached into: each hook wraps one function of it, and does nothing else than it says."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ministack import app  # type: ignore[import-not-found]  # in the emulator's environment alone
from ministack.core import iam_actions, iam_evaluator  # type: ignore[import-not-found]
from ministack.services import sts  # type: ignore[import-not-found]

from sandbox.iam import principals
from sandbox.ministack import resources, services, sessions
from sandbox.ministack.recorder import Recorder

#: What is wrapped; another MiniStack may not have it, and must not run as if it enforced anything.
_WRAPPED = {
    app: ("pin_request_origin",),
    iam_actions: ("extract_resource_arn",),
    iam_evaluator: ("enforce", "evaluate_trust_policy", "_trust_principal_matches"),
    sts: ("register_session", "_sessions"),
}


def missing() -> list[str]:
    """What this MiniStack has not; empty for the pinned one."""
    return [
        f"{module.__name__}.{name}" for module, names in _WRAPPED.items() for name in names if not hasattr(module, name)
    ]


def install(folder: Path, recorder: Recorder) -> None:
    """Put every hook in; `folder` holds the services' keys, and will hold the sessions."""
    _record_decisions(recorder)
    _know_services(folder / principals.FILE)
    _keep_sessions(folder / "sessions.json")
    _name_domains()
    _trust_loopback()


def _record_decisions(recorder: Recorder) -> None:
    enforce = iam_evaluator.enforce

    def recorded(key: str, action: str, service: str, region: str, resource_arn: str = "*", **rest: Any) -> Any:
        denied = enforce(key, action, service, region, resource_arn=resource_arn, **rest)
        session = sts._sessions.get(key)
        # Whose credentials are wrong is nobody yet: only what a policy decided counts.
        if session and session["PrincipalType"] == "AssumedRole" and not isinstance(denied, iam_evaluator.AuthError):
            role = session["Arn"].split("/")[1]
            recorder.record(role, action, resource_arn, allowed=denied is None)
        return denied

    iam_evaluator.enforce = recorded


def _know_services(keys: Path) -> None:
    account = os.environ["MINISTACK_ACCOUNT_ID"]
    sts._sessions.update(services.sessions_of(keys, account))
    evaluate, matches = iam_evaluator.evaluate_trust_policy, iam_evaluator._trust_principal_matches

    def evaluated(document: Any, caller: str, context: Any = None) -> bool:
        if context is not None and services.service_of(caller):
            # The service works for the one account there is.
            context.service_context = {**context.service_context, "aws:sourceaccount": account}
        return bool(evaluate(document, caller, context))

    def matched(principal: Any, caller: str, federated: bool) -> bool:
        service = services.service_of(caller)
        return services.trusts(principal, service) if service else bool(matches(principal, caller, federated))

    iam_evaluator.evaluate_trust_policy = evaluated
    iam_evaluator._trust_principal_matches = matched


def _keep_sessions(path: Path) -> None:
    sessions.restore(sts._sessions, path)
    register = sts.register_session

    def registered(key: str, session: dict[str, Any]) -> None:
        register(key, session)
        sessions.save(sts._sessions, path)

    sts.register_session = registered


def _name_domains() -> None:
    extract = iam_actions.extract_resource_arn

    def extracted(service: str, method: str, path: str, *rest: Any) -> str:
        arn = str(extract(service, method, path, *rest))
        *_, region, account = rest
        return resources.domain(path, region, account) or arn if service == "opensearch" else arn

    iam_actions.extract_resource_arn = extracted


def _trust_loopback() -> None:
    """A bucket policy that asks for TLS means the wire; what stays on this machine is on none."""
    pin = app.pin_request_origin

    def pinned(address: str, secure: bool) -> None:
        pin(address, secure or address == os.environ["BIND_HOST"])

    app.pin_request_origin = pinned
