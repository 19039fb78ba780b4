from __future__ import annotations

import re
from pathlib import Path

import pytest

from cali_consumer.errors import SettingsError
from cali_consumer.main import main
from cali_consumer.settings import Settings, load, variable_of

TABLE = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(variable_of(field), raising=False)
    monkeypatch.setenv("CALI_BUCKET", "b")
    monkeypatch.setenv("CALI_MILVUS_URI", "http://127.0.0.1:19530")


def test_defaults() -> None:
    settings = load()
    assert settings.similarity_threshold == 0.70
    assert settings.model_base_url == "https://api.openai.com/v1/"
    assert settings.consumer_id


def test_empty_means_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALI_MODEL_BASE_URL", "")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "")
    assert load().model_base_url == "https://api.openai.com/v1/"
    assert load().aws_endpoint_url is None


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CALI_POLL_INTERVAL_S", "fast"),
        ("CALI_SIMILARITY_THRESHOLD", "1.5"),
        ("CALI_SLACK_MODE", "pigeon"),
        ("CALI_MILVUS_URI", "localhost:19530"),
        ("CALI_MILVUS_URI", "http://milvus.example.com:19530"),
        ("CALI_MODEL_BASE_URL", "http://10.0.0.1/v1"),
        ("CALI_SLACK_BASE_URL", "ftp://slack.com"),
        ("AWS_ENDPOINT_URL", "http://aws.example.com"),
        ("CALI_BATCH_SIZE", "10001"),
        ("CALI_BUCKET", ""),
    ],
)
def test_a_wrong_value_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as error:
        load()
    assert error.value.variable == variable
    assert main() == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_host_may_be_excepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALI_MILVUS_URI", "http://milvus.cali:19530")
    monkeypatch.setenv("CALI_PLAINTEXT_HOSTS", "other, milvus.cali")
    assert load().milvus_uri == "http://milvus.cali:19530"


def test_the_table_is_complete() -> None:
    section = TABLE.read_text(encoding="utf-8").partition("## Consumer")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", section, re.MULTILINE))
    assert set(rows) == {variable_of(field) for field in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        shown = rows[variable_of(name)]
        if shown.startswith("`"):
            assert shown.strip("`") == str(field.default) or float(shown.strip("`")) == field.default
        else:
            assert field.is_required() == (shown == "required")
