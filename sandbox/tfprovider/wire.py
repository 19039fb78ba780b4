"""The messages of Terraform's plugin protocol 6, built at run time from the list below.

The numbers are the protocol's own (tfplugin6.proto). Only what this provider answers stands here; a field that
Terraform sends besides is skipped by protobuf.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PACKAGE = "tfplugin6"

# One message a line, as a table; longer lines than elsewhere are easier to compare with the protocol.
# ruff: noqa: E501
_MESSAGES = """
DynamicValue: bytes msgpack 1, bytes json 2
AttributePath: repeated AttributePath.Step steps 1
AttributePath.Step: string attribute_name 1 selector, string element_key_string 2 selector, int64 element_key_int 3 selector
Diagnostic: int32 severity 1, string summary 2, string detail 3, AttributePath attribute 4
RawState: bytes json 1, map_string flatmap 2
Schema: int64 version 1, Schema.Block block 2
Schema.Block: int64 version 1, repeated Schema.Attribute attributes 2, repeated Schema.NestedBlock block_types 3, bool deprecated 6
Schema.Attribute: string name 1, bytes type 2, bool required 4, bool optional 5, bool computed 6, bool sensitive 7, bool deprecated 9, bool write_only 11
Schema.NestedBlock: string type_name 1, Schema.Block block 2, int32 nesting 3, int64 min_items 4, int64 max_items 5
ServerCapabilities: bool plan_destroy 1, bool get_provider_schema_optional 2, bool move_resource_state 3
GetProviderSchema.Request:
GetProviderSchema.Response: Schema provider 1, map_Schema resource_schemas 2, map_Schema data_source_schemas 3, repeated Diagnostic diagnostics 4, ServerCapabilities server_capabilities 6
ValidateProviderConfig.Request: DynamicValue config 1
ValidateProviderConfig.Response: repeated Diagnostic diagnostics 2
UpgradeResourceState.Request: string type_name 1, int64 version 2, RawState raw_state 3
UpgradeResourceState.Response: DynamicValue upgraded_state 1, repeated Diagnostic diagnostics 2
ValidateResourceConfig.Request: string type_name 1, DynamicValue config 2
ValidateResourceConfig.Response: repeated Diagnostic diagnostics 1
ValidateDataResourceConfig.Request: string type_name 1, DynamicValue config 2
ValidateDataResourceConfig.Response: repeated Diagnostic diagnostics 1
ConfigureProvider.Request: string terraform_version 1, DynamicValue config 2
ConfigureProvider.Response: repeated Diagnostic diagnostics 1
ReadResource.Request: string type_name 1, DynamicValue current_state 2, bytes private 3
ReadResource.Response: DynamicValue new_state 1, repeated Diagnostic diagnostics 2, bytes private 3
PlanResourceChange.Request: string type_name 1, DynamicValue prior_state 2, DynamicValue proposed_new_state 3, DynamicValue config 4, bytes prior_private 5
PlanResourceChange.Response: DynamicValue planned_state 1, repeated AttributePath requires_replace 2, bytes planned_private 3, repeated Diagnostic diagnostics 4, bool legacy_type_system 5
ApplyResourceChange.Request: string type_name 1, DynamicValue prior_state 2, DynamicValue planned_state 3, DynamicValue config 4, bytes planned_private 5
ApplyResourceChange.Response: DynamicValue new_state 1, bytes private 2, repeated Diagnostic diagnostics 3, bool legacy_type_system 4
ImportResourceState.Request: string type_name 1, string id 2
ImportResourceState.ImportedResource: string type_name 1, DynamicValue state 2, bytes private 3
ImportResourceState.Response: repeated ImportResourceState.ImportedResource imported_resources 1, repeated Diagnostic diagnostics 2
ReadDataSource.Request: string type_name 1, DynamicValue config 2
ReadDataSource.Response: DynamicValue state 1, repeated Diagnostic diagnostics 2
StopProvider.Request:
StopProvider.Response: string Error 1
Empty:
"""

_Field = descriptor_pb2.FieldDescriptorProto
_SCALARS = {
    "string": _Field.TYPE_STRING,
    "bytes": _Field.TYPE_BYTES,
    "bool": _Field.TYPE_BOOL,
    "int32": _Field.TYPE_INT32,  # the wire form of an enumeration is the same
    "int64": _Field.TYPE_INT64,
}


def _qualified(name: str) -> str:
    return f".{PACKAGE}.{name.replace('.', '_')}"


def _set_type(field: _Field, kind: str) -> None:
    if kind in _SCALARS:
        field.type = _SCALARS[kind]
    else:
        field.type = _Field.TYPE_MESSAGE
        field.type_name = _qualified(kind)


def _add_field(message: descriptor_pb2.DescriptorProto, text: str) -> None:
    words = text.split()
    repeated = words[0] == "repeated"
    kind, name, number, *union = words[1:] if repeated else words
    field = message.field.add(name=name, number=int(number), label=_Field.LABEL_OPTIONAL)
    if kind.startswith("map_"):
        entry = message.nested_type.add(name="".join(part.title() for part in name.split("_")) + "Entry")
        entry.options.map_entry = True
        _set_type(entry.field.add(name="key", number=1, label=_Field.LABEL_OPTIONAL), "string")
        _set_type(entry.field.add(name="value", number=2, label=_Field.LABEL_OPTIONAL), kind.removeprefix("map_"))
        field.type = _Field.TYPE_MESSAGE
        field.type_name = f"{_qualified(message.name)}.{entry.name}"
        repeated = True
    else:
        _set_type(field, kind)
    if repeated:
        field.label = _Field.LABEL_REPEATED
    if union:
        if not message.oneof_decl:
            message.oneof_decl.add(name=union[0])
        field.oneof_index = 0


def _build() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(name=f"{PACKAGE}.proto", package=PACKAGE, syntax="proto3")
    names = []
    for line in _MESSAGES.strip().splitlines():
        name, _, fields = line.partition(":")
        names.append(name)
        # Nested names are flattened: names of messages are not on the wire.
        message = file.message_type.add(name=name.replace(".", "_"))
        for text in filter(None, (part.strip() for part in fields.split(","))):
            _add_field(message, text)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(_qualified(name).lstrip(".")))
        for name in names
    }


_CLASSES = _build()


def message(name: str) -> Any:  # the classes exist at run time only
    """The class of a message, by its name in the protocol."""
    return _CLASSES[name]
