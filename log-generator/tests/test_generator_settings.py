from __future__ import annotations

from pathlib import Path

import pytest

from cali_log_generator.errors import SettingError
from cali_log_generator.settings import Mode, Output, Settings, table


def test_the_defaults_are_modest() -> None:
    settings = Settings.from_env({})

    assert (settings.output, settings.mode) == (Output.STDOUT, Mode.PACED)
    assert settings.rate <= 5
    assert settings.ratio <= 0.05
    assert 8 * settings.rotate_bytes * settings.rotate_files <= 256 * 1024 * 1024


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CALI_LOG_OUTPUT", "file"),
        ("CALI_LOG_MODE", "forever"),
        ("CALI_LOG_RATE", "0"),
        ("CALI_LOG_RATE", "fast"),
        ("CALI_LOG_RATE", "nan"),
        ("CALI_LOG_RATE", "inf"),
        ("CALI_LOG_ERROR_RATIO", "1.2"),
        ("CALI_LOG_ERROR_RATE", "-1"),
        ("CALI_LOG_SEED", "x"),
        ("CALI_LOG_COUNT", "0"),
        ("CALI_LOG_COUNT", "1.5"),
        ("CALI_LOG_ROTATE_BYTES", "10"),
        ("CALI_LOG_ROTATE_FILES", "1"),
        ("CALI_LOG_BACKGROUND_LEVELS", "INFO,LOUD"),
    ],
)
def test_a_bad_value_names_its_variable(variable: str, value: str) -> None:
    with pytest.raises(SettingError) as caught:
        Settings.from_env({variable: value})

    assert caught.value.variable == variable
    assert variable in str(caught.value)
    assert repr(value) in str(caught.value)


def test_cri_needs_a_folder() -> None:
    with pytest.raises(SettingError, match="CALI_LOG_DIR"):
        Settings.from_env({"CALI_LOG_OUTPUT": "cri"})


def test_a_manifest_of_standard_output_is_refused() -> None:
    with pytest.raises(SettingError, match="CALI_LOG_MANIFEST"):
        Settings.from_env({"CALI_LOG_MANIFEST": "m.jsonl"})


def test_more_distinct_errors_than_records_are_refused() -> None:
    with pytest.raises(SettingError, match="CALI_LOG_DISTINCT_ERRORS"):
        Settings.from_env({"CALI_LOG_MODE": "count", "CALI_LOG_COUNT": "3", "CALI_LOG_DISTINCT_ERRORS": "4"})


def test_an_empty_variable_is_an_unset_one() -> None:
    assert Settings.from_env({"CALI_LOG_ERROR_RATE": "", "CALI_LOG_DIR": " "}) == Settings()


def test_values_are_read() -> None:
    settings = Settings.from_env(
        {"CALI_LOG_DIR": "/logs", "CALI_LOG_FAMILIES": "timeouts, disk_full", "CALI_LOG_BACKGROUND_LEVELS": "info"}
    )

    assert settings.dir == Path("/logs")
    assert settings.families == ("timeouts", "disk_full")
    assert settings.background_levels == ("INFO",)


def test_help_lists_every_variable() -> None:
    assert {line.split()[0] for line in table().splitlines()} == {
        f"CALI_LOG_{name.upper()}" for name in Settings.__dataclass_fields__
    }
