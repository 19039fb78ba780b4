from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.firehose.java_time import PatternError, compile_pattern
from sandbox.firehose.prefixes import PrefixError, check, evaluate, evaluate_error, parse
from sandbox.firehose.rotation import index_name

AT = datetime(2018, 8, 27, 10, 30, 5, 123456, tzinfo=UTC)
INSTANTS = st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # bounds
LITERAL = st.text(st.characters(codec="ascii", exclude_characters="!{}':", exclude_categories=["C"]), max_size=40)


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        (None, "2018/08/27/10/"),
        ("myFirehosePrefix/", "myFirehosePrefix/2018/08/27/10/"),
        ("!{timestamp:yyyy/MM/dd}", "2018/08/27"),
        ("raw/dt=!{timestamp:yyyy-MM-dd}/", "raw/dt=2018-08-27/"),
        ("p/year=!{timestamp:yyyy}/hour=!{timestamp:HH}/", "p/year=2018/hour=10/"),
        ("p/!{timestamp:'year='yyyy'/month='MM}/", "p/year=2018/month=08/"),
    ],
)
def test_a_prefix_is_evaluated_as_documented(prefix: str | None, expected: str) -> None:
    assert evaluate(prefix, AT) == expected


@pytest.mark.parametrize(
    ("prefix", "error_prefix", "expected"),
    [
        ("in/", "failed/!{firehose:error-output-type}/", "failed/os-failed/"),
        ("in/", "failed/!{timestamp:yyyy}/!{firehose:error-output-type}", "failed/2018/os-failed"),
        ("in/", None, "in/os_failed/2018/08/27/10/"),
        ("in/", "failed/", "failed/os_failed/2018/08/27/10/"),
        (None, None, "os_failed/2018/08/27/10/"),
    ],
)
def test_an_error_prefix_is_evaluated_as_documented(
    prefix: str | None, error_prefix: str | None, expected: str
) -> None:
    assert evaluate_error(prefix, error_prefix, AT, "os-failed", "os_failed") == expected


@pytest.mark.parametrize(
    ("prefix", "error_prefix", "complaint"),
    [
        ("!{timestamp:yyyy}/", None, "ErrorOutputPrefix cannot be null"),
        ("!{firehose:error-output-type}/", "x", "cannot contain"),
        ("in/", "failed/!{timestamp:yyyy}/", "must include"),
        ("!{time:yyyy}/", "x", "not one of timestamp, firehose"),
        ("!{firehose:nonsense}/", "x", "random-string"),
        ("!{timestamp:yyyybb}/", "x", "unknown pattern letter: b"),
        ("!{timestamp:yyyy", "x", "can only appear"),
        ("!{partitionKeyFromQuery:id}/", "x", "dynamic partitioning"),
        ("x" * 600, None, "longer than 512"),
    ],
)
def test_a_prefix_against_the_rules_is_refused(prefix: str, error_prefix: str | None, complaint: str) -> None:
    with pytest.raises(PrefixError, match=complaint):
        check(prefix, error_prefix)


def test_every_random_string_is_a_new_one_of_eleven_characters() -> None:
    first, second = evaluate("!{firehose:random-string}/!{firehose:random-string}/!{timestamp:yyyy}", AT).split("/")[:2]
    assert len(first) == len(second) == 11
    assert first != second


@given(before=LITERAL, after=LITERAL, instant=INSTANTS)
def test_literals_around_an_expression_stay_as_they_are(before: str, after: str, instant: datetime) -> None:
    expected = f"{before}{instant:%Y-%m-%d-%H}{after}"
    assert evaluate(f"{before}!{{timestamp:yyyy-MM-dd-HH}}{after}", instant) == expected


@given(LITERAL, INSTANTS)
def test_a_prefix_without_timestamp_always_gets_the_default_one(prefix: str, instant: datetime) -> None:
    assert evaluate(prefix, instant) == f"{prefix}{instant:%Y/%m/%d/%H/}"


@given(st.text(max_size=60))
def test_parsing_ends_in_parts_or_in_a_prefix_error(prefix: str) -> None:
    try:
        parts = parse(prefix)
    except PrefixError:
        return
    rebuilt = "".join(f"!{{{p.namespace}:{p.value}}}" if p.namespace else p.value for p in parts)
    assert rebuilt == prefix


@given(INSTANTS)
def test_numeric_patterns_agree_with_strftime(instant: datetime) -> None:
    ours = compile_pattern("yyyy yy MM dd DDD HH hh mm ss SSSSSS EEE EEEE MMM MMMM a")(instant)
    assert ours == instant.strftime("%Y %y %m %d %j %H %I %M %S %f %a %A %b %B %p")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("yyyy-MM-dd'T'HH:mm:ssX", "2018-08-27T10:30:05Z"),
        ("d/M/u H k K h", "27/8/2018 10 10 10 10"),
        ("''yyyy''", "'2018'"),
        ("'it''s' dd", "it's 27"),
        ("QQ QQQ e E w W", "03 Q3 2 Mon 35 5"),
        ("xxx Z XXX z VV", "+00:00 +0000 Z UTC UTC"),
        ("SSS n N A", "123 123456000 37805123456000 37805123"),
        ("[yyyy]", "2018"),
    ],
)
def test_a_pattern_formats_as_java_does(pattern: str, expected: str) -> None:
    assert compile_pattern(pattern)(AT) == expected


def test_a_pattern_uses_the_time_zone() -> None:
    seoul = AT.astimezone(ZoneInfo("Asia/Seoul"))
    assert compile_pattern("HH xxx VV")(seoul) == "19 +09:00 Asia/Seoul"


@pytest.mark.parametrize("pattern", ["'open", "yyyy{", "b", "#"])
def test_a_pattern_that_java_refuses_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    ("day", "expected"), [("2020-08-12", "2020-33"), ("2026-12-31", "2027-01"), ("2026-01-01", "2026-01")]
)
def test_weeks_are_those_of_the_us(day: str, expected: str) -> None:
    assert compile_pattern("YYYY-ww")(datetime.fromisoformat(f"{day}T00:00:00+00:00")) == expected


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("NoRotation", "myindex"),
        ("OneHour", "myindex-2016-02-25-13"),
        ("OneDay", "myindex-2016-02-25"),
        ("OneMonth", "myindex-2016-02"),
        ("OneWeek", "myindex-2016-w09"),
    ],
)
def test_an_index_is_named_by_its_rotation(period: str, expected: str) -> None:
    assert index_name("myindex", period, datetime(2016, 2, 25, 13, tzinfo=UTC)) == expected


@given(INSTANTS)
def test_a_weekly_index_is_the_same_from_sunday_to_saturday(instant: datetime) -> None:
    name = index_name("i", "OneWeek", instant)
    assert re.fullmatch(r"i-\d{4}-w\d\d", name)
    days = [datetime.fromordinal(instant.toordinal() - instant.isoweekday() % 7 + day) for day in range(7)]
    assert {index_name("i", "OneWeek", day) for day in days} == {name}
