"""All delivery streams: their definitions on disk and their pipelines in this process."""

from __future__ import annotations

import threading
from typing import Any

from sandbox.firehose.aws import AwsClients
from sandbox.firehose.pipeline import Pipeline
from sandbox.firehose.store import Store


class Manager:
    """Starts a pipeline for every definition, and keeps the two together."""

    def __init__(self, store: Store, clients: AwsClients) -> None:
        self.store = store
        self.changing = threading.Lock()  # held over every read-and-change of a definition
        self._clients = clients
        self._pipelines: dict[str, Pipeline] = {}

    def start(self) -> None:
        """Take up the delivery streams that were there before."""
        for definition in self.store.definitions().values():
            self._run(definition)

    def stop(self, grace_s: float) -> None:
        """Stop all pipelines, draining them at the same time."""
        for pipeline in self._pipelines.values():
            pipeline.finish_reading()
        stoppers = [threading.Thread(target=p.stop, args=(grace_s,), daemon=True) for p in self._pipelines.values()]
        for stopper in stoppers:
            stopper.start()
        for stopper in stoppers:
            stopper.join()

    def definitions(self) -> dict[str, dict[str, Any]]:
        """Return all definitions by name."""
        return {name: pipeline.definition for name, pipeline in list(self._pipelines.items())}

    def add(self, definition: dict[str, Any]) -> None:
        """Keep a new delivery stream and start it."""
        self.store.save(definition["DeliveryStreamName"], definition)
        self._run(definition)

    def replace(self, definition: dict[str, Any]) -> None:
        """Keep a changed definition; its pipeline goes on with it."""
        self.store.save(definition["DeliveryStreamName"], definition)
        self._pipelines[definition["DeliveryStreamName"]].definition = definition

    def remove(self, definition: dict[str, Any]) -> None:
        """Stop and forget a delivery stream, with what it has not delivered (as AWS does)."""
        name = definition["DeliveryStreamName"]
        self._pipelines[name].stop(grace_s=0.0)
        del self._pipelines[name]
        self.store.delete(name, definition["Uid"])

    def appended(self, name: str) -> None:
        """Tell a pipeline that its journal has more."""
        self._pipelines[name].appended()

    def health(self) -> dict[str, Any]:
        """Return the state of every delivery stream by name."""
        return {name: pipeline.health() for name, pipeline in sorted(self._pipelines.items())}

    def _run(self, definition: dict[str, Any]) -> None:
        pipeline = Pipeline(definition, self._clients, self.store)
        self._pipelines[definition["DeliveryStreamName"]] = pipeline
        pipeline.start()
