"""`lua`: a script decides what becomes of a record. It runs on LuaJIT, as in Fluent Bit."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from lupa import luajit21 as lua

from sandbox.shipper.event import Event, Record
from sandbox.shipper.filters.base import Context, Filter
from sandbox.shipper.settings import Settings

log = logging.getLogger(__name__)

_UNCHANGED, _CHANGED, _CHANGED_BUT_TIME, _DROP = 0, 1, 2, -1


class Lua(Filter):
    """Calls a Lua function `(tag, timestamp, record)` that returns `code, timestamp, record`."""

    def __init__(self, settings: Settings, context: Context) -> None:
        super().__init__(settings, context)
        call = settings.text("call")
        self._protected = settings.boolean("protected_mode", default=True)
        settings.only("time_as_table", supported=False)
        settings.only("enable_flb_null", supported=False)
        self._arrays = set(settings.text("type_array_key", "").split())
        settings.ignored("type_int_key")  # whole numbers become integers anyway
        source, name = self._source(settings, context)
        runtime = lua.LuaRuntime(encoding=None, unpack_returned_tuples=True, register_eval=False)
        try:
            runtime.execute(source.encode())
        except lua.LuaError as error:
            settings.fail("script" if name else "code", f"the script {name} does not run: {_text(error)}")
        self._function = runtime.globals()[call.encode()]
        if lua.lua_type(self._function) != "function":
            settings.fail("call", f"the script {name} has no function {call!r}")
        environment = {k.encode(): v.encode() for k, v in context.environment.items()}
        runtime.globals()[b"FLB_ENV"] = runtime.table_from(environment)
        self._table_from = runtime.table_from
        self.failures = 0

    @staticmethod
    def _source(settings: Settings, context: Context) -> tuple[str, str]:
        code = settings.text("code", "")
        path = settings.text("script", "")
        if code or not path:
            return code or settings.text("script"), ""
        if not PurePosixPath(path).is_absolute():
            problem = f"a pod's Fluent Bit would look for it where the ConfigMap's links lead to: {path!r} is relative"
            settings.fail("script", problem, "write ${CALI_SHIPPER_SCRIPTS}/ before its name")
        name = PurePosixPath(path).name
        if name not in context.scripts:
            known = ", ".join(context.scripts) or "none"
            settings.fail("script", f"luaScripts holds no {name!r}", f"known: {known}")
        return context.scripts[name], name

    def apply(self, event: Event, now: float) -> Sequence[Event]:
        """What the script makes of the event."""
        del now
        try:
            table = self._table_from(_to_lua(event.record), recursive=True)
            code, time, result = self._function(event.tag.encode(), event.time, table)
        except (lua.LuaError, ValueError) as error:
            if not self._protected:
                raise
            self.failures += 1
            log.error("lua function failed", extra={"function": self.settings.text("call"), "error": _text(error)})  # noqa: TRY400 - Lua's message says where
            return (event,)
        if code == _UNCHANGED:
            return (event,)
        if code == _DROP:
            return ()
        stamp = float(time) if code == _CHANGED else event.time
        made = self._from_lua(result, "")
        records = made if isinstance(made, list) else [made]
        return [Event(event.tag, stamp, record, event.file, event.start) for record in records]

    def _from_lua(self, value: Any, key: str) -> Any:
        if isinstance(value, bytes):
            return value.decode("utf-8", "surrogateescape")
        if lua.lua_type(value) == "table":
            items = list(value.items())
            if (items or key in self._arrays) and all(k == n for n, (k, _) in enumerate(items, start=1)):
                return [self._from_lua(item, "") for _, item in items]
            record: Record = {}
            for name, item in items:
                text = name.decode("utf-8", "surrogateescape") if isinstance(name, bytes) else str(name)
                record[text] = self._from_lua(item, text)
            return record
        return value


def _to_lua(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return value.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:  # half a surrogate pair, from a JSON escape
            return value.encode("utf-8", "replace")
    if isinstance(value, dict):
        return {_to_lua(key): _to_lua(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_to_lua(item) for item in value]
    return value


def _text(error: Exception) -> str:
    text = error.args[0] if error.args else str(error)
    return text.decode(errors="replace") if isinstance(text, bytes) else str(text)
