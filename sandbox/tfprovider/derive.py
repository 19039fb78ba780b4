"""Derives `schemas.json` from a published bindings package of the AWS provider.

    python -m sandbox.tfprovider.derive BINDINGS > sandbox/tfprovider/schemas.json

BINDINGS is the wheel of `cdktf-cdktf-provider-aws`, the jsii archive inside it, or the npm package's archive. The
bindings are generated from the provider's schema; their embedded TypeScript source still tells name, type, flags and
nesting of every attribute. What they do not tell is kept by hand in `sidecar.json`.
"""

from __future__ import annotations

import base64
import io
import json
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import click

Json = dict[str, Any]

_SOURCE_MAP = re.compile(r"sourceMappingURL=data:application/json;base64,([A-Za-z0-9+/=]+)")
_CLASS = re.compile(r"^export class (\w+) extends cdktf\.(\w+)(.*?)^}", re.MULTILINE | re.DOTALL)
_ATTRIBUTE = re.compile(
    r"^  // (\w+) - computed: (\w+), optional: (\w+), required: (\w+)\n(.*?)(?=^  // \w+ - computed|^  // ====|\Z)",
    re.MULTILINE | re.DOTALL,
)
_HCL = re.compile(
    r"^ +(\w+): \{\n +value: (.*?),\n +isBlock: (\w+),\n +type: \"(\w+)\",\n +storageClassType: \"(\w+)\"",
    re.MULTILINE,
)
_HCL_FUNCTION = re.compile(r"^export function (\w+)ToHclTerraform\(.*?\n(.*?)^}", re.MULTILINE | re.DOTALL)
_NESTED = re.compile(r"new (\w+?)(List|OutputReference|Map)\(this, \"\w+\"(?:, (true|false))?\)")
_VERSION = re.compile(r"providerVersion: '([\d.]+)'")

_SCALARS = {"string": "string", "number": "number", "boolean": "bool"}
_GETTERS: tuple[tuple[str, Any], ...] = (
    ("cdktf.Fn.tolist(this.getNumberListAttribute", ["set", "number"]),
    ("cdktf.Fn.tolist(this.getListAttribute", ["set", "string"]),
    ("this.getNumberListAttribute", ["list", "number"]),
    ("this.getListAttribute", ["list", "string"]),
    ("this.getStringMapAttribute", ["map", "string"]),
    ("new cdktf.StringMap(", ["map", "string"]),
    ("this.getBooleanMapAttribute", ["map", "bool"]),
    ("this.getNumberMapAttribute", ["map", "number"]),
    ("this.getStringAttribute", "string"),
    ("this.getNumberAttribute", "number"),
    ("this.getBooleanAttribute", "bool"),
)


class DerivationError(Exception):
    """The bindings hold something this script cannot read.

    Attributes:
        type_name: The resource type.
        attribute: The attribute in it.
    """

    def __init__(self, type_name: str, attribute: str, problem: str) -> None:
        super().__init__(f"{type_name}.{attribute}: {problem}")
        self.type_name = type_name
        self.attribute = attribute


class Source:
    """The TypeScript of one type: its classes and what their synthesis says of each attribute."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.classes = {name: body for name, _, body in _CLASS.findall(text)}
        # Functions are named after the class with a small first letter: eksClusterIdentityToHclTerraform.
        self.functions = {name[0].upper() + name[1:]: body for name, body in _HCL_FUNCTION.findall(text)}

    def main(self) -> str:
        """The name of the class of the resource itself."""
        kinds = ("TerraformResource", "TerraformDataSource", "TerraformProvider")
        return next(str(name) for name, base, _ in _CLASS.findall(self.text) if base in kinds)

    def block(self, name: str, *, main: bool = False) -> Json:
        """The schema block of class `name`."""
        body = self.classes[name if main else f"{name}OutputReference"]
        hcl = {found[0]: found for found in _HCL.findall(body if main else self.functions.get(name, ""))}
        block: Json = {"attributes": {}, "block_types": {}}
        for attribute, computed, optional, required, code in _ATTRIBUTE.findall(body):
            flags = {
                flag: True
                for flag, value in (("required", required), ("optional", optional), ("computed", computed))
                if value == "true"
            }
            nested = _NESTED.search(code)
            if nested is None:
                block["attributes"][attribute] = {"type": self.simple(name, attribute, code), **flags}
                continue
            inner, shape, from_set = nested.groups()
            collection = "set" if from_set == "true" else "list"
            is_block = flags.get("computed") is None and "false)(" not in hcl[attribute][1]
            if not is_block:
                flat: Any = ["object", self.object_type(self.block(inner))]
                kind = flat if shape == "OutputReference" else [{"Map": "map"}.get(shape, collection), flat]
                block["attributes"][attribute] = {"type": kind, **flags}
                continue
            entry: Json = {"nesting_mode": collection, "block": self.block(inner)}
            if shape == "OutputReference":
                if hcl[attribute][3] == "struct":
                    entry["nesting_mode"] = "single"
                else:
                    entry["max_items"] = 1
            if flags.get("required"):
                entry["min_items"] = 1
            block["block_types"][attribute] = entry
        return {key: value for key, value in block.items() if value}

    def simple(self, type_name: str, attribute: str, code: str) -> Any:
        """The type that the getter of an attribute returns."""
        for getter, kind in _GETTERS:
            if getter in code:
                return kind
        raise DerivationError(type_name, attribute, f"its getter is not known: {code.strip()[:200]}")

    def object_type(self, block: Json) -> Json:
        """A block as the type of an attribute."""
        members = {name: entry["type"] for name, entry in block.get("attributes", {}).items()}
        for name, entry in block.get("block_types", {}).items():
            flat = ["object", self.object_type(entry["block"])]
            members[name] = flat if entry["nesting_mode"] == "single" else [entry["nesting_mode"], flat]
        return members

    def plain_block(self, body: str) -> Json:
        """A block of the provider itself, whose bindings carry no flags: all of it is optional."""
        block: Json = {"attributes": {}, "block_types": {}}
        for attribute, value, is_block, kind, storage in _HCL.findall(body):
            if is_block == "true":
                inner = re.search(r"(\w+)ToHclTerraform", value)
                name = inner[1][0].upper() + inner[1][1:] if inner else ""
                block["block_types"][attribute] = {
                    "nesting_mode": kind,
                    "block": self.plain_block(self.functions[name]),
                }
            elif kind == "simple":
                block["attributes"][attribute] = {"type": _SCALARS[storage], "optional": True}
            else:
                element = _SCALARS[re.sub("(List|Map)$", "", storage)]
                block["attributes"][attribute] = {"type": [kind, element], "optional": True}
        return {key: value for key, value in block.items() if value}


class Bindings:
    """The archive: the source of a type by the name of its folder."""

    def __init__(self, path: Path) -> None:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as wheel:
                inner = next(name for name in wheel.namelist() if name.endswith(".jsii.tgz"))
                stream = io.BytesIO(wheel.read(inner))
        else:
            stream = io.BytesIO(path.read_bytes())
        self.archive = tarfile.open(fileobj=stream, mode="r:gz")  # noqa: SIM115 - closed with the process
        self.names = set(self.archive.getnames())

    def source(self, folder: str) -> Source:
        """The source of a type; raises KeyError when the bindings have no such type."""
        member = self.archive.extractfile(f"package/lib/{folder}/index.js")
        if member is None:
            raise KeyError(folder)
        found = _SOURCE_MAP.search(member.read().decode())
        if found is None:
            raise DerivationError(folder, "*", "no source map")
        return Source(json.loads(base64.b64decode(found[1]))["sourcesContent"][0])


def walk(block: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    """Every attribute and block with its dotted path."""
    for name, entry in block.get("attributes", {}).items():
        yield path + name, entry
    for name, entry in block.get("block_types", {}).items():
        yield path + name, entry
        yield from walk(entry["block"], f"{path}{name}.")


def apply_sidecar(type_name: str, schema: Json, facts: Json) -> None:
    """Add what the bindings lose; a path that does not exist (any more) is an error."""
    entries = dict(walk(schema["block"]))
    schema["version"] = facts.get("version", schema.get("version", 0))
    for path, changes in facts.get("attributes", {}).items():
        if path not in entries:
            raise DerivationError(type_name, path, "in the sidecar, not in the bindings")
        for key, value in changes.items():
            if value is None:
                entries[path].pop(key, None)
            else:
                entries[path][key] = value


def derive(path: Path, sidecar: Json) -> Json:
    """The schemas of every type that the sidecar lists."""
    bindings = Bindings(path)
    provider = bindings.source("provider")
    result: Json = {
        "provider_version": "",
        "provider": {"version": 0, "block": provider.plain_block(provider.classes[provider.main()])},
        "resources": {},
        "data_sources": {},
    }
    apply_sidecar("provider", result["provider"], sidecar["provider"])
    for kind, prefix in (("resources", ""), ("data_sources", "data-aws-")):
        for type_name, facts in sorted(sidecar[kind].items()):
            source = bindings.source(facts.get("folder") or prefix + type_name.removeprefix("aws_").replace("_", "-"))
            schema = {"version": 0, "block": source.block(source.main(), main=True)}
            apply_sidecar(type_name, schema, facts)
            result[kind][type_name] = schema
            version = _VERSION.search(source.text)
            result["provider_version"] = version[1] if version else result["provider_version"]
    return result


@click.command()
@click.argument("bindings", type=click.Path(exists=True, path_type=Path))
def main(bindings: Path) -> None:
    """Print the schemas derived from BINDINGS."""
    sidecar = json.loads(resources.files(__package__).joinpath("sidecar.json").read_text())
    json.dump(derive(bindings, sidecar), sys.stdout, indent=1, sort_keys=True)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
