"""The filter plugins that this stand-in has, by the names Fluent Bit gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sandbox.definitions.fluent_bit_classic import Section
from sandbox.shipper.filters.base import Context, Filter
from sandbox.shipper.filters.grep import Grep
from sandbox.shipper.filters.lua import Lua
from sandbox.shipper.filters.modify import Modify
from sandbox.shipper.filters.multiline import Multiline
from sandbox.shipper.filters.nest import Nest
from sandbox.shipper.filters.parser import ParserFilter
from sandbox.shipper.filters.record_modifier import RecordModifier
from sandbox.shipper.filters.rewrite_tag import RewriteTag
from sandbox.shipper.settings import Settings, unknown_plugin

_PLUGINS: Mapping[str, Callable[[Settings, Context], Filter]] = {
    "grep": Grep,
    "lua": Lua,
    "modify": Modify,
    "multiline": Multiline,
    "nest": Nest,
    "parser": ParserFilter,
    "record_modifier": RecordModifier,
    "rewrite_tag": RewriteTag,
}


def read_filter(section: Section, context: Context) -> Filter:
    """The filter that a `[FILTER]` section describes.

    Raises:
        DefinitionError: The plugin, a key or a value is not known here.
    """
    plugin = _PLUGINS.get((section.get("name") or "").lower())
    if plugin is None:
        raise unknown_plugin(section, list(_PLUGINS))
    settings = Settings(section)
    made = plugin(settings, context)
    settings.done()
    return made
