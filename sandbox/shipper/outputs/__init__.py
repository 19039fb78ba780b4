"""The output plugins that this stand-in has, by the names Fluent Bit gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sandbox.definitions.fluent_bit_classic import Section
from sandbox.shipper.counters import Counters
from sandbox.shipper.outputs.base import Output, RetryPolicy
from sandbox.shipper.outputs.kinesis import KinesisStreams
from sandbox.shipper.outputs.local import Null, Stdout
from sandbox.shipper.settings import Settings, unknown_plugin

_PLUGINS: Mapping[str, Callable[[Settings, Counters, RetryPolicy], Output]] = {
    "kinesis_streams": KinesisStreams,
    "null": Null,
    "stdout": Stdout,
}


def read_output(section: Section, counters: Counters, policy: RetryPolicy) -> Output:
    """The output that an `[OUTPUT]` section describes.

    Raises:
        DefinitionError: The plugin, a key or a value is not known here.
    """
    plugin = _PLUGINS.get((section.get("name") or "").lower())
    if plugin is None:
        raise unknown_plugin(section, list(_PLUGINS))
    settings = Settings(section)
    made = plugin(settings, counters, policy)
    settings.done()
    return made
