"""Asks the dependencies how they are when no error gives occasion to: a dead one is known before it is needed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping

from cali_consumer.observed import Observed

log = logging.getLogger(__name__)


class Probes:
    """One thread for each dependency, so that a slow one hides no other.

    Args:
        probes: By the dependency's name; raises when it does not work.
        interval_s: Time between two questions.
        observed: Told the answers.
    """

    def __init__(self, probes: Mapping[str, Callable[[], object]], interval_s: float, observed: Observed) -> None:
        self._interval_s = interval_s
        self._observed = observed
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(name, probe), name=f"probe-{name}", daemon=True)
            for name, probe in probes.items()
        ]

    def start(self) -> None:
        """Begin to ask."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ask no more."""
        self._stop.set()

    def _run(self, name: str, probe: Callable[[], object]) -> None:
        worked: bool | None = None
        while not self._stop.is_set():
            try:
                probe()
            except Exception as error:  # noqa: BLE001  whatever it is, the dependency does not work
                self._observed.dependency(name, error, by="probe")
                if worked is not False:
                    log.warning("dependency does not work", extra={"dependency": name, "error": str(error)})
                worked = False
            else:
                self._observed.dependency(name, by="probe")
                if worked is False:
                    log.info("dependency works again", extra={"dependency": name})
                worked = True
            self._stop.wait(self._interval_s)
