"""`python -m cali_log_generator`: settings from the environment, SIGTERM stops."""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from cali_log_generator import __version__, catalogue
from cali_log_generator.errors import GeneratorError
from cali_log_generator.plan import Plan
from cali_log_generator.run import run
from cali_log_generator.settings import Settings, table
from cali_log_generator.sinks import open_sink
from cali_log_generator.values import Values

_HELP = """usage: python -m cali_log_generator [--help | --version]

Writes the logs of a shop of eight services, errors of known families among them.
Everything is set by environment variables:

"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the generator; return its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments:
        return _without_running(arguments)
    stop = threading.Event()
    _set_on_signal(stop)
    try:
        settings = Settings.from_env(os.environ)
        plan = Plan(settings, catalogue.load(Values(settings.seed)))
        sink = open_sink(settings)
        _say("generator started", mode=settings.mode, output=settings.output, rate=settings.rate, seed=settings.seed)
        try:
            written = run(plan.lanes(time.monotonic()), sink, stop)
        finally:
            sink.close()
    except GeneratorError as error:
        print(f"cali-log-generator: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        return 0  # whoever read standard output has gone
    _say("generator stopped", written=written, reason="signal" if stop.is_set() else "all written")
    return 0


def _set_on_signal(stop: threading.Event) -> None:
    """Have SIGTERM and SIGINT set it, by a thread: a handler may interrupt a wait that holds the lock `set` needs."""
    asked: queue.SimpleQueue[int] = queue.SimpleQueue()  # its `put` is made for signal handlers
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: asked.put(number))

    def wait() -> None:
        asked.get()
        stop.set()

    threading.Thread(target=wait, name="signals", daemon=True).start()


def _without_running(arguments: Sequence[str]) -> int:
    if list(arguments) == ["--version"]:
        print(__version__)
        return 0
    if arguments[0] in {"-h", "--help"}:
        print(_HELP + table())
        return 0
    print(f"cali-log-generator: unknown argument {arguments[0]}; try --help", file=sys.stderr)
    return 2


def _say(message: str, **fields: object) -> None:
    """Log about the generator itself, on stderr, in the record format of the services."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = {"timestamp": now, "level": "INFO", "service": "log-generator", "message": message, **fields}
    print(json.dumps(line, default=str), file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
