"""Alarms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.tfprovider.table import Change, Op, Params, Read, Resource, Tags
from sandbox.tfprovider.values import Attributes

_SETTINGS = (
    "actions_enabled",
    "alarm_actions",
    "alarm_description",
    "comparison_operator",
    "datapoints_to_alarm",
    "dimensions",
    "evaluate_low_sample_count_percentiles",
    "evaluation_periods",
    "extended_statistic",
    "insufficient_data_actions",
    "metric_name",
    "metric_query",
    "namespace",
    "ok_actions",
    "period",
    "statistic",
    "threshold",
    "threshold_metric_id",
    "treat_missing_data",
    "unit",
)


def _dimensions(block: Mapping[str, Any]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in (block.get("dimensions") or {}).items()]


def _encode(params: Params, state: Attributes) -> None:
    """Dimensions are a map in Terraform and a list in the API; a query holds either a metric or an expression."""
    params.pop("Dimensions", None)
    if state.get("dimensions"):
        params["Dimensions"] = _dimensions(state)
    for query, block in zip(params.get("Metrics", ()), state.get("metric_query") or (), strict=False):
        for metric in block.get("metric") or ():
            inner = {"Namespace": metric.get("namespace"), "MetricName": metric["metric_name"]}
            query["MetricStat"] = {
                "Metric": {key: value for key, value in inner.items() if value} | {"Dimensions": _dimensions(metric)},
                "Period": int(metric["period"]),
                "Stat": metric["stat"],
                **({"Unit": metric["unit"]} if metric.get("unit") else {}),
            }
            query.pop("Period", None)


def _named(dimensions: list[Mapping[str, str]]) -> dict[str, str] | None:
    return {entry["Name"]: entry["Value"] for entry in dimensions} or None


def _told(state: Attributes, answer: Mapping[str, Any]) -> None:
    alarm = answer["MetricAlarms"][0]
    state["dimensions"] = _named(alarm.get("Dimensions") or [])
    for block, query in zip(state.get("metric_query") or (), alarm.get("Metrics") or (), strict=False):
        stat = query.get("MetricStat")
        metric = stat and {
            "metric_name": stat["Metric"].get("MetricName"),
            "namespace": stat["Metric"].get("Namespace"),
            "dimensions": _named(stat["Metric"].get("Dimensions") or []),
            "period": stat["Period"],
            "stat": stat["Stat"],
            "unit": stat.get("Unit"),
        }
        block["metric"] = [metric] if metric else []


_PUT = Op("PutMetricAlarm", before=_encode)

TABLES = (
    Resource(
        type_name="aws_cloudwatch_metric_alarm",
        service="cloudwatch",
        create=_PUT,
        reads=(
            Read(
                Op("DescribeAlarms", names={"alarm_name": "AlarmNames"}, only=("alarm_name",)),
                result="MetricAlarms.0",
                names={"arn": "AlarmArn", "dimensions": "", "tags": ""},
                after=_told,
            ),
        ),
        delete=Op("DeleteAlarms", names={"alarm_name": "AlarmNames"}, only=("alarm_name",)),
        identity="{alarm_name}",
        names={
            "evaluate_low_sample_count_percentiles": "EvaluateLowSampleCountPercentile",
            "metric_query": "Metrics",
            "metric_query.metric": "",
            "dimensions": "",
        },
        changes=(Change(_SETTINGS, _PUT),),
        force_new=("alarm_name",),
        defaults={"actions_enabled": True, "treat_missing_data": "missing"},
        missing=("ResourceNotFound",),
        tags=Tags(
            tag=Op("TagResource", names={"arn": "ResourceARN"}, only=("arn",)),
            untag=Op("UntagResource", names={"arn": "ResourceARN"}, only=("arn",)),
            listing=Op("ListTagsForResource", names={"arn": "ResourceARN"}, only=("arn",)),
        ),
        importing=lambda name: {"alarm_name": name},
    ),
)
