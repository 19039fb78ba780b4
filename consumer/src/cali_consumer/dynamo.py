"""DynamoDB items as Python values, and updates without hand-written expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


def to_item(values: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping as an item; None is left out."""
    return {name: _serialize(value) for name, value in values.items() if value is not None}


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item as a plain mapping."""
    return {name: _deserialize(value) for name, value in item.items()}


def condition_failed(error: ClientError) -> bool:
    """Whether a conditional write was refused because of its condition."""
    return error.response["Error"]["Code"] == "ConditionalCheckFailedException"


def refused_item(error: ClientError) -> dict[str, Any]:
    """The item a refused conditional write met; empty when the server did not send it."""
    return from_item(error.response.get("Item", {}))  # type: ignore[arg-type]  # botocore's type knows no Item


class Table:
    """One table with one hash key.

    Args:
        client: DynamoDB.
        name: The table.
        key: Name of its hash key.
    """

    def __init__(self, client: DynamoDBClient, name: str, key: str) -> None:
        self.client = client
        self.name = name
        self.key = key

    def get(self, key: str) -> dict[str, Any] | None:
        """One item, read consistently."""
        item = self.client.get_item(TableName=self.name, Key=to_item({self.key: key}), ConsistentRead=True).get("Item")
        return from_item(item) if item else None

    def scan(self) -> list[dict[str, Any]]:
        """Every item, read consistently."""
        pages = self.client.get_paginator("scan").paginate(TableName=self.name, ConsistentRead=True)
        return [from_item(item) for page in pages for item in page["Items"]]

    def put(self, values: Mapping[str, Any], condition: str = "", given: Mapping[str, Any] | None = None) -> None:
        """Write an item; in `condition`, `#name` is an attribute and `:name` one of `given`."""
        request: dict[str, Any] = {"Item": to_item(values), "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        self.client.put_item(TableName=self.name, **request, **_conditional(condition, given))

    def update(  # noqa: PLR0913  the parts of an update
        self,
        key: str,
        *,
        values: Mapping[str, Any] | None = None,
        remove: Sequence[str] = (),
        add: Mapping[str, int] | None = None,
        condition: str = "",
        given: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Change an item and return it as it is then; None among `values` removes the attribute."""
        assigned = {name: value for name, value in (values or {}).items() if value is not None}
        removed = [*remove, *(name for name, value in (values or {}).items() if value is None)]
        clauses = []
        if assigned:
            clauses.append("SET " + ", ".join(f"#{name} = :set_{name}" for name in assigned))
        if removed:
            clauses.append("REMOVE " + ", ".join(f"#{name}" for name in removed))
        if add:
            clauses.append("ADD " + ", ".join(f"#{name} :add_{name}" for name in add))
        expression = " ".join(clauses)
        bound = {
            **{f"set_{name}": value for name, value in assigned.items()},
            **{f"add_{name}": value for name, value in (add or {}).items()},
            **(given or {}),
        }
        request: dict[str, Any] = {
            "UpdateExpression": expression,
            "ReturnValues": "ALL_NEW",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        answer = self.client.update_item(
            TableName=self.name,
            Key=to_item({self.key: key}),
            **request,
            **_conditional(condition, bound, expression),
        )
        return from_item(answer["Attributes"])

    def delete(self, key: str, condition: str = "", given: Mapping[str, Any] | None = None) -> None:
        """Delete an item."""
        self.client.delete_item(TableName=self.name, Key=to_item({self.key: key}), **_conditional(condition, given))


def _conditional(condition: str, given: Mapping[str, Any] | None, expression: str = "") -> dict[str, Any]:
    """The parts of a request that a condition and an expression need."""
    names = _names(f"{condition} {expression}")
    return {
        **({"ConditionExpression": condition} if condition else {}),
        **({"ExpressionAttributeNames": names} if names else {}),
        **({"ExpressionAttributeValues": _values(given)} if given else {}),
    }


def _names(expression: str) -> dict[str, str]:
    """Every attribute goes by an alias, so that none can be a reserved word."""
    words = expression.replace("(", " ").replace(")", " ").replace(",", " ").split()
    return {word: word[1:] for word in words if word.startswith("#")}


def _values(given: Mapping[str, Any] | None) -> dict[str, Any]:
    return {f":{name}": _serialize(value) for name, value in (given or {}).items()}
