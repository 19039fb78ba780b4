"""Stand-ins for services, as small as the tests allow."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from cali_consumer.alert import Alert
from cali_consumer.alerts import Message
from cali_consumer.dynamo import from_item, to_item
from cali_consumer.slack import Receipt

_TOKEN = re.compile(r"attribute_not_exists|attribute_exists|AND|OR|<=|>=|<|>|=|\(|\)|[#:]\w+")


def client_error(code: str, operation: str = "UpdateItem", **extra: Any) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": code}, **extra}
    return ClientError(response, operation)


class FakeDynamo:
    """One table in memory that understands the expressions the consumer writes."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.rows: dict[str, dict[str, Any]] = {}
        self.failing: Exception | None = None
        self.writes = 0
        self._lock = threading.Lock()

    def put_item(self, **request: Any) -> dict[str, Any]:
        self._maybe_fail()
        with self._lock:
            row = from_item(request["Item"])
            self._check(row[self.key], request)
            self.rows[row[self.key]] = row
            self.writes += 1
            return {}

    def update_item(self, **request: Any) -> dict[str, Any]:
        self._maybe_fail()
        with self._lock:
            key = from_item(request["Key"])[self.key]
            self._check(key, request)
            row = self.rows.setdefault(key, {self.key: key})
            names, values = request.get("ExpressionAttributeNames", {}), _bound(request)
            clauses = re.split(r"\b(SET|REMOVE|ADD) ", request["UpdateExpression"])[1:]
            for verb, body in zip(clauses[::2], clauses[1::2], strict=True):
                for part in body.split(", "):
                    if verb == "SET":
                        name, value = part.strip().split(" = ")
                        row[names[name]] = values[value]
                    elif verb == "REMOVE":
                        row.pop(names[part.strip()], None)
                    else:
                        name, value = part.strip().split(" ")
                        row[names[name]] = row.get(names[name], 0) + values[value]
            self.writes += 1
            return {"Attributes": to_item(row)}

    def delete_item(self, **request: Any) -> dict[str, Any]:
        self._maybe_fail()
        with self._lock:
            key = from_item(request["Key"])[self.key]
            self._check(key, request)
            self.rows.pop(key, None)
            return {}

    def get_item(self, **request: Any) -> dict[str, Any]:
        self._maybe_fail()
        row = self.rows.get(from_item(request["Key"])[self.key])
        return {"Item": to_item(row)} if row else {}

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        self._maybe_fail()
        ((table, wanted),) = request["RequestItems"].items()
        keys = [from_item(key)[self.key] for key in wanted["Keys"]]
        return {"Responses": {table: [to_item(self.rows[key]) for key in keys if key in self.rows]}}

    def get_paginator(self, operation: str) -> Any:
        fake = self

        class Paginator:
            def paginate(self, **_: Any) -> Iterator[dict[str, Any]]:
                fake._maybe_fail()
                rows = list(fake.rows.values())
                if operation == "query":
                    rows = [row for row in rows if row.get("pending") == "1"]
                yield {"Items": [to_item(row) for row in rows]}

        return Paginator()

    def _maybe_fail(self) -> None:
        if self.failing:
            raise self.failing

    def _check(self, key: str, request: dict[str, Any]) -> None:
        condition = request.get("ConditionExpression")
        row = self.rows.get(key)
        if condition and not _evaluate(condition, row or {}, request):
            item = {"Item": to_item(row)} if row and "ReturnValuesOnConditionCheckFailure" in request else {}
            raise client_error("ConditionalCheckFailedException", **item)


def _bound(request: dict[str, Any]) -> dict[str, Any]:
    return from_item(request.get("ExpressionAttributeValues", {}))


def _evaluate(condition: str, row: dict[str, Any], request: dict[str, Any]) -> bool:
    names, values = request.get("ExpressionAttributeNames", {}), _bound(request)
    tokens = _TOKEN.findall(condition)

    def either() -> bool:
        result = both()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            other = both()
            result = result or other
        return result

    def both() -> bool:
        result = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            other = one()
            result = result and other
        return result

    def one() -> bool:
        token = tokens.pop(0)
        if token == "(":
            result = either()
            tokens.pop(0)
            return result
        if token.startswith("attribute"):
            tokens.pop(0)
            present = names[tokens.pop(0)] in row
            tokens.pop(0)
            return present == (token == "attribute_exists")
        operator, value = tokens.pop(0), values[tokens.pop(0)]
        if names[token] not in row:
            return False
        mine = row[names[token]]
        compare: dict[str, Callable[[], bool]] = {
            "=": lambda: mine == value,
            "<": lambda: mine < value,
            "<=": lambda: mine <= value,
            ">": lambda: mine > value,
            ">=": lambda: mine >= value,
        }
        return compare[operator]()

    return either()


class FakeS3:
    """A bucket in memory."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.failing: Exception | None = None

    def put_object(self, **request: Any) -> None:
        if self.failing:
            raise self.failing
        self.objects[request["Key"]] = request["Body"]

    def head_bucket(self, **_: Any) -> None:
        if self.failing:
            raise self.failing

    def documents(self, prefix: str) -> list[dict[str, Any]]:
        return [json.loads(body) for key, body in self.objects.items() if key.startswith(prefix)]


class FakeChat:
    """A channel that remembers its messages, and fails as it is told."""

    findable = True

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.before: list[Exception] = []
        self.after: list[Exception] = []

    def post(self, message: Message) -> Receipt:
        if self.before:
            raise self.before.pop(0)
        self.messages.append({"message": message, "updates": []})
        if self.after:
            raise self.after.pop(0)
        return Receipt("C1", f"{len(self.messages)}.0")

    def complete(self, alert: Alert, message: Message) -> None:
        self.messages[int(float(alert.slack_ts or "1")) - 1]["updates"].append(message)

    def find(self, alert: Alert) -> Receipt | None:
        for number, entry in enumerate(self.messages, 1):
            payload = entry["message"].metadata.event_payload
            if payload["alert_key"] == alert.alert_key and payload["window"] == alert.window:
                return Receipt("C1", f"{number}.0")
        return None

    def probe(self) -> None:
        pass


def log_line(
    message: str, *, level: str = "ERROR", service: str = "checkout", second: float = 0.0, **more: Any
) -> dict[str, Any]:
    time = datetime.fromtimestamp(1_795_000_000 + second, UTC).isoformat(timespec="microseconds")
    return {
        "timestamp": time,
        "level": level,
        "service": service,
        "message": message,
        "log_file": f"{service}_cali_{service}-0.log",
        "time": time,
        **more,
    }


def kinesis_record(content: bytes | dict[str, Any], sequence: int, *, arrived: float = 1_795_000_100) -> Any:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return {
        "Data": data,
        "SequenceNumber": f"{sequence:021d}",
        "PartitionKey": "p",
        "ApproximateArrivalTimestamp": datetime.fromtimestamp(arrived, UTC),
    }
