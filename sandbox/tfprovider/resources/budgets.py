"""Budgets and whom they warn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.tfprovider import mapping, schema
from sandbox.tfprovider.aws import Clients
from sandbox.tfprovider.table import Change, Op, Params, Read, Resource, Tags
from sandbox.tfprovider.values import Attributes

_TYPE = "aws_budgets_budget"
_WHO = {"account_id": "AccountId", "name": "BudgetName"}
_BY_NAME = ("account_id", "name")
_PERIOD = "%Y-%m-%d_%H:%M"
_BUDGET = {
    "name": "BudgetName",
    "limit_amount": "BudgetLimit.Amount",
    "limit_unit": "BudgetLimit.Unit",
    "cost_filter": "",
    "planned_limit": "",
    "auto_adjust_data": "",
}
_SUBSCRIBERS = {"subscriber_email_addresses": "EMAIL", "subscriber_sns_topic_arns": "SNS"}


def _budget(clients: Clients, state: Attributes) -> dict[str, Any]:
    """The API's form of all but the notifications."""
    shape = clients.get("budgets").meta.service_model.operation_model("CreateBudget").input_shape.members["Budget"]
    budget = mapping.encode(schema.load().resources[_TYPE].block, state, shape, mapping.Binding(_BUDGET))
    filters = state.get("cost_filter") or ()
    if filters:
        budget["CostFilters"] = {block["name"]: list(block["values"]) for block in filters}
    period = {"Start": state.get("time_period_start"), "End": state.get("time_period_end")}
    times = {name: datetime.strptime(text, _PERIOD).replace(tzinfo=UTC) for name, text in period.items() if text}
    return budget | ({"TimePeriod": times} if times else {})


def _notification(block: Attributes) -> dict[str, Any]:
    names = ("comparison_operator", "notification_type", "threshold", "threshold_type")
    return {"".join(word.title() for word in name.split("_")): block[name] for name in names}


def _subscribers(block: Attributes) -> list[dict[str, str]]:
    return [
        {"SubscriptionType": kind, "Address": address}
        for name, kind in _SUBSCRIBERS.items()
        for address in block.get(name) or ()
    ]


def _change(clients: Clients, _prior: Attributes, state: Attributes) -> None:
    clients.get("budgets").update_budget(AccountId=state["account_id"], NewBudget=_budget(clients, state))


def _notify(clients: Clients, _prior: Attributes, state: Attributes) -> None:
    """Remove what is not wanted, add what is not there: a notification has no name to change it by."""
    client = clients.get("budgets")
    who = {"AccountId": state["account_id"], "BudgetName": state["name"]}
    there, wanted = _notifications(clients, state), list(state.get("notification") or ())
    for block in there:
        if not _among(block, wanted):
            client.delete_notification(**who, Notification=_notification(block))
    for block in wanted:
        if not _among(block, there):
            client.create_notification(**who, Notification=_notification(block), Subscribers=_subscribers(block))


def _among(block: Attributes, blocks: list[Attributes]) -> bool:
    def key(one: Attributes) -> tuple[Any, ...]:
        return (*_notification(one).values(), sorted(map(repr, _subscribers(one))))

    return any(key(block) == key(other) for other in blocks)


def _notifications(clients: Clients, state: Attributes) -> list[Attributes]:
    client = clients.get("budgets")
    who = {"AccountId": state["account_id"], "BudgetName": state["name"]}
    found: list[Attributes] = []
    for notification in client.describe_notifications_for_budget(**who).get("Notifications") or ():
        key = {name: value for name, value in notification.items() if name != "NotificationState"}
        told = client.describe_subscribers_for_notification(**who, Notification=key).get("Subscribers") or ()
        block: Attributes = {
            "comparison_operator": notification["ComparisonOperator"],
            "notification_type": notification["NotificationType"],
            "threshold": notification["Threshold"],
            "threshold_type": notification.get("ThresholdType") or "PERCENTAGE",
        }
        for name, kind in _SUBSCRIBERS.items():
            block[name] = [one["Address"] for one in told if one["SubscriptionType"] == kind]
        found.append(block)
    return found


def _read_notifications(clients: Clients, state: Attributes) -> None:
    state["notification"] = _notifications(clients, state)
    state["arn"] = f"arn:{clients.partition}:budgets::{state['account_id']}:budget/{state['name']}"


def _told(state: Attributes, answer: Mapping[str, Any]) -> None:
    budget = answer["Budget"]
    filters = budget.get("CostFilters") or {}
    state["cost_filter"] = [{"name": name, "values": values} for name, values in filters.items()]
    for name, member in (("time_period_start", "Start"), ("time_period_end", "End")):
        at = (budget.get("TimePeriod") or {}).get(member)
        state[name] = at.astimezone(UTC).strftime(_PERIOD) if at else None


def _same_amount(prior: object, new: object) -> bool:
    return float(str(prior)) == float(str(new))


def _whole(clients: Clients, state: Attributes) -> None:
    _notify(clients, {}, state)


def _bare(params: Params, state: Attributes) -> None:
    """The request of a create; its notifications follow by themselves."""
    params["Budget"]["TimeUnit"] = state["time_unit"]
    filters = state.get("cost_filter") or ()
    if filters:
        params["Budget"]["CostFilters"] = {block["name"]: list(block["values"]) for block in filters}
    for name, member in (("time_period_start", "Start"), ("time_period_end", "End")):
        if state.get(name):
            moment = datetime.strptime(state[name], _PERIOD).replace(tzinfo=UTC)
            params["Budget"].setdefault("TimePeriod", {})[member] = moment


TABLES = (
    Resource(
        type_name=_TYPE,
        service="budgets",
        create=Op(
            "CreateBudget",
            names={
                "name": "Budget.BudgetName",
                "budget_type": "Budget.BudgetType",
                "time_unit": "Budget.TimeUnit",
                "limit_amount": "Budget.BudgetLimit.Amount",
                "limit_unit": "Budget.BudgetLimit.Unit",
                "cost_types": "Budget.CostTypes",
                "billing_view_arn": "Budget.BillingViewArn",
            },
            before=_bare,
        ),
        after_create=_whole,
        reads=(
            Read(
                Op("DescribeBudget", names=_WHO, only=_BY_NAME),
                result="Budget",
                names={**_BUDGET, "tags": ""},
                after=_told,
            ),
        ),
        after_read=_read_notifications,
        delete=Op("DeleteBudget", names=_WHO, only=_BY_NAME),
        identity="{account_id}:{name}",
        changes=(
            Change(
                (
                    "budget_type",
                    "limit_amount",
                    "limit_unit",
                    "time_unit",
                    "time_period_start",
                    "time_period_end",
                    "cost_filter",
                    "cost_types",
                ),
                _change,
            ),
            Change(("notification",), _notify),
        ),
        force_new=("name", "account_id"),
        defaults={"time_period_end": "2087-06-15_00:00"},
        same={"limit_amount": _same_amount},
        silent=("cost_types",),
        missing=("NotFoundException",),
        tags=Tags(
            tag=Op("TagResource", names={"arn": "ResourceARN"}, only=("arn",)),
            untag=Op("UntagResource", names={"arn": "ResourceARN"}, only=("arn",)),
            listing=Op("ListTagsForResource", names={"arn": "ResourceARN"}, only=("arn",)),
            path="ResourceTags",
            removal="ResourceTagKeys",
        ),
        importing=lambda text: dict(zip(("account_id", "name"), text.split(":", 1), strict=True)),
    ),
)
