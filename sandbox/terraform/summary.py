"""A plan for AWS as a file that people review: every resource with what matters of it.

It is made of what `terraform show -json` says of a plan. What nobody configured and nobody knows before the apply is
left out; a reference to such a thing is written as the reference; JSON within a text is written out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml

from sandbox.terraform.references import References
from sandbox.terraform.sets import ordered
from sandbox.tfprovider import data
from sandbox.tfprovider.aws import Clients

#: With what it comes from before the bracket.
UNKNOWN = "(known after apply)"
SENSITIVE = "(sensitive)"

_DOCUMENT = "aws_iam_policy_document"
#: Each is said once for all, or is about Terraform alone.
_LEFT_OUT = ("tags_all", "timeouts")

_HEADER = """\
# What terraform would make on AWS for {environment}, from nothing; `${{…}}` is known once the other resource exists.
# `bin/sandbox terraform --target aws summary --write` writes this file, and `tox -e definitions` compares it.
"""


def render(document: Mapping[str, Any], environment: str) -> str:
    """The summary of a plan, as the text of its file."""
    parts = [{name: part} for name, part in content(document).items()]
    dumped = [yaml.safe_dump(part, sort_keys=True, allow_unicode=True, width=1000) for part in parts]
    return _HEADER.format(environment=environment) + "".join(dumped)


def content(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same as a structure: the tags of all resources, and each resource by its address."""
    changes = [change for change in document["resource_changes"] if change["change"]["after"] is not None]
    managed = {change["address"]: change for change in changes if change["mode"] == "managed"}
    references = References({address: (entry["type"], entry["change"]["after"]) for address, entry in managed.items()})
    policies = {
        change["address"]: _policy(references.resolved(_known(change)))
        for change in changes
        if change["mode"] == "data" and change["type"] == _DOCUMENT
    }
    expressions = _expressions(document["configuration"]["root_module"])
    resources: dict[str, Any] = {}
    for address, entry in managed.items():
        configured = expressions.get(f"{entry['type']}.{entry['name']}", {})
        found = {name: _named(policies, configured[name], entry) for name in configured}
        known = {**_known(entry), **{name: policy for name, policy in found.items() if policy}}
        cleaned = _clean(references.resolved(references.without_own(address, known)), configured)
        resources[address] = ordered(entry["type"], cleaned)
    return {"tags": _common_tags(managed.values()), "resources": resources}


def _known(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The values after the change, with words where they are unknown or secret."""
    change = entry["change"]
    merged = _marked(change["after"], change.get("after_unknown", {}), UNKNOWN)
    return dict(_marked(merged, change.get("after_sensitive", {}), SENSITIVE))


def _marked(value: Any, marks: Any, word: str) -> Any:
    """`value` with `word` wherever `marks` says true; a secret that is not there is none."""
    if marks is True:
        return None if value is None and word == SENSITIVE else word
    if isinstance(marks, dict) and isinstance(value, dict):
        return {name: _marked(value.get(name), marks.get(name), word) for name in {**value, **marks}}
    if isinstance(marks, list) and isinstance(value, list):
        rest = [None] * (len(value) - len(marks))
        return [_marked(item, mark, word) for item, mark in zip(value, [*marks, *rest], strict=False)]
    return value


def _policy(config: dict[str, Any]) -> Any:
    """What a policy document that is read only during the apply will say."""
    return json.loads(data.read(_DOCUMENT, config, Clients({}))["minified_json"])


def _expressions(module: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What the configuration says of each resource: the names of what it sets, with their references."""
    return {
        f"{resource['type']}.{resource['name']}": resource.get("expressions", {})
        for resource in module.get("resources", ())
        if resource["mode"] == "managed"
    }


def _named(policies: Mapping[str, Any], expression: Any, entry: Mapping[str, Any]) -> Any:
    """The policy document that an attribute is, when it is one."""
    references = expression.get("references", ()) if isinstance(expression, dict) else ()
    for reference in references:
        address = str(reference).removesuffix(".json").removesuffix(".minified_json")
        index = entry.get("index")
        for candidate in (address, f"{address}[{json.dumps(index)}]"):
            if candidate in policies:
                return policies[candidate]
    return None


def _clean(value: dict[str, Any], configured: Any) -> dict[str, Any]:
    """Without what says nothing: what was not configured and is empty or unknown."""
    kept: dict[str, Any] = {}
    for name, inner in value.items():
        said = configured.get(name) if isinstance(configured, dict) else None
        cleaned = _origin(said) if inner == UNKNOWN else _cleaned(inner, said)
        empty = cleaned is None or cleaned in ([], {}, "")
        if name not in _LEFT_OUT and not (empty and said is None) and cleaned is not None:
            kept[name] = cleaned
    return kept


def _origin(configured: Any) -> str | None:
    """What an unknown value comes from; None when only the service decides it."""
    references = configured.get("references", ()) if isinstance(configured, dict) else ()
    found = [str(reference) for reference in references if not str(reference).startswith("var.")]
    return f"{UNKNOWN[:-1]}: {found[0]})" if found else None


def _cleaned(value: Any, configured: Any) -> Any:
    if isinstance(value, dict):
        return _clean(value, configured)
    if isinstance(value, list):
        said = (
            configured if isinstance(configured, list) and len(configured) == len(value) else [configured] * len(value)
        )
        return [_cleaned(item, expression) for item, expression in zip(value, said, strict=True)]
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _common_tags(entries: Any) -> dict[str, str]:
    found = [entry["change"]["after"]["tags_all"] for entry in entries if entry["change"]["after"].get("tags_all")]
    common = dict(found[0]) if found else {}
    for tags in found:
        common = {name: value for name, value in common.items() if tags.get(name) == value}
    return common
