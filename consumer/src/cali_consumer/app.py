"""Puts the parts together: what is made once, in which order it starts, and in which it stops."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from typing import Any

from openai import DefaultHttpxClient, OpenAI
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_random_exponential

from cali_consumer.analysis import Analyst
from cali_consumer.aws import Aws
from cali_consumer.coordinator import Coordinator
from cali_consumer.embedding import Embedder
from cali_consumer.errors import ConsumerError, InterruptedBatchError
from cali_consumer.health import HealthServer
from cali_consumer.intake import Intake
from cali_consumer.leases import LeaseTable
from cali_consumer.ledger import Ledger
from cali_consumer.lookup import Lookup
from cali_consumer.objects import ObjectStore
from cali_consumer.observed import Observed
from cali_consumer.outbox import Outbox
from cali_consumer.pacing import Pacer
from cali_consumer.past_incidents import PastIncidents
from cali_consumer.probes import Probes
from cali_consumer.secret_store import ModelSecret, SecretError, SlackSecret, read_secret
from cali_consumer.sender import FollowUps, Sender
from cali_consumer.settings import Settings, is_loopback
from cali_consumer.shard_reader import Hold, ShardReader
from cali_consumer.slack import BotChat, Chat, WebhookChat

log = logging.getLogger(__name__)

_STUCK_AFTER_S = 60.0
# What is kept back of the drain for the last writes: leases, rows, heartbeat.
_LAST_WRITES_S = 4.0


class App:
    """The consumer.

    Args:
        settings: Its settings.
        stop: Set when the process is to end.
    """

    def __init__(self, settings: Settings, stop: threading.Event) -> None:
        self._settings = settings
        self._stop = stop
        self.observed = Observed()
        self._coordinator: Coordinator | None = None
        self._started_at = time.monotonic()
        self.health = HealthServer(
            settings.health_host,
            settings.health_port,
            alive=self._stuck,
            ready=self._not_ready,
            status=self._status,
            registry=self.observed.registry,
        )

    def run(self) -> None:
        """Work until `stop`, then drain."""
        self.health.start()
        log.info("starting", extra={"consumer_id": self._settings.consumer_id, "health_port": self.health.port})
        try:
            aws, chat, model = self._patiently(self._connect)
        except InterruptedBatchError:
            return
        settings, observed = self._settings, self.observed
        owner = f"{settings.consumer_id}/{uuid.uuid4().hex[:12]}"
        ledger = Ledger(aws.dynamodb, settings.ledger_table, owner, settings.alert_window_s, settings.ledger_ttl_s)
        leases = LeaseTable(aws.dynamodb, settings.lease_table, settings.consumer_id, owner, settings.lease_s)
        store = ObjectStore(aws.s3, settings.bucket, observed)
        past = PastIncidents(settings.milvus_uri, settings.milvus_collection, settings.search_timeout_s, observed)
        embedder = Embedder(
            model, settings.embedding_model, settings.embedding_dimension, settings.search_timeout_s, observed
        )
        outbox = Outbox(
            ledger,
            Lookup(embedder, past, settings.similarity_threshold, observed),
            Analyst(model, settings.chat_model, settings.analysis_timeout_s, observed),
            store,
            Sender(ledger, chat, self._pacer(), settings.link_url, observed),
            FollowUps(ledger, chat, self._pacer(), settings.link_url, observed),
            may_take=lambda name: coordinator.may_take(name),  # noqa: PLW0108  it is made below
            workers=settings.alert_workers,
            backlog=settings.alert_backlog,
            budget_s=settings.analysis_budget_s,
            observed=observed,
        )
        intake = Intake(ledger, store, outbox.submit, settings.alert_workers, observed)
        stream = self._patiently(lambda: _stream(aws, settings.stream_name))

        def make_reader(hold: Hold) -> ShardReader:
            return ShardReader(
                aws.kinesis,
                stream,
                hold,
                leases,
                intake,
                poll_interval_s=settings.poll_interval_s,
                batch_size=settings.batch_size,
                observed=observed,
            )

        coordinator = Coordinator(aws.kinesis, settings.stream_name, leases, make_reader, observed)
        probes = Probes(
            {
                "milvus": past.probe,
                "model": model.with_options(timeout=settings.search_timeout_s, max_retries=0).models.list,
                "slack": chat.probe,
                "s3": store.probe,
            },
            settings.probe_interval_s,
            observed,
        )
        probes.start()
        self._coordinator = coordinator
        coordinator.start()
        outbox.start()
        log.info("started", extra={"owner": owner})
        self._stop.wait()
        self._drain(coordinator, intake, outbox, probes)

    def _drain(self, coordinator: Coordinator, intake: Intake, outbox: Outbox, probes: Probes) -> None:
        began = time.monotonic()
        deadline = began + max(self._settings.drain_s - _LAST_WRITES_S, self._settings.drain_s / 2)
        log.info("draining")
        probes.stop()
        coordinator.drain(deadline)
        outbox.drain(deadline)
        coordinator.stop()
        intake.close()
        self.health.stop()
        log.info("drained", extra={"seconds": round(time.monotonic() - began, 2)})

    def _connect(self) -> tuple[Aws, Chat, OpenAI]:
        settings = self._settings
        aws = Aws(settings)
        model_secret = read_secret(aws.secrets, settings.model_secret, ModelSecret)
        slack_secret = read_secret(aws.secrets, settings.slack_secret, SlackSecret)
        self.observed.dependency("secrets")
        model = OpenAI(
            api_key=model_secret.api_key.get_secret_value(),
            base_url=settings.model_base_url,
            # A user's proxy is for what is elsewhere.
            http_client=DefaultHttpxClient(trust_env=not is_loopback(settings.model_base_url)),
        )
        return aws, self._chat(slack_secret), model

    def _chat(self, secret: SlackSecret) -> Chat:
        settings = self._settings
        if settings.slack_mode == "bot":
            if secret.bot_token is None:
                raise SecretError(settings.slack_secret, "has no bot_token, which CALI_SLACK_MODE=bot needs")
            return BotChat(
                secret.bot_token.get_secret_value(),
                settings.slack_base_url,
                settings.slack_channel,
                settings.slack_timeout_s,
            )
        if secret.webhook_url is None:
            raise SecretError(settings.slack_secret, "has no webhook_url, which CALI_SLACK_MODE=webhook needs")
        address = secret.webhook_url.get_secret_value()
        if not settings.may_reach(address):
            raise SecretError(settings.slack_secret, "webhook_url must be reached by https")
        return WebhookChat(address, settings.slack_timeout_s)

    def _pacer(self) -> Pacer:
        return Pacer(self._settings.slack_rate, self._settings.slack_burst)

    def _patiently(self, ask: Any) -> Any:
        """Ask until there is an answer: at start the rest of the world may not be there yet."""

        def tell(state: RetryCallState) -> None:
            error = state.outcome.exception() if state.outcome else None
            self.observed.dependency("secrets" if isinstance(error, SecretError) else "aws", error)
            log.warning("not started yet", extra={"error": str(error)})

        def interrupted(_: RetryCallState) -> Any:
            raise InterruptedBatchError("stopped before it had started")

        answer = Retrying(
            retry=retry_if_exception_type(Exception),
            wait=wait_random_exponential(multiplier=0.25, max=5),
            stop=lambda _: self._stop.is_set(),
            sleep=self._rest,
            before_sleep=tell,
            retry_error_callback=interrupted,
        )(ask)
        self.observed.dependency("aws")
        return answer

    def _rest(self, seconds: float) -> None:
        self._stop.wait(seconds)

    def _stuck(self) -> str | None:
        """Liveness: whether the thread that all else depends on turns."""
        turned_at = max(self._started_at, self._coordinator.ticked_at) if self._coordinator else time.monotonic()
        return "the lease loop is stuck" if time.monotonic() - turned_at > _STUCK_AFTER_S else None

    def _not_ready(self) -> str | None:
        """Readiness: at work or standing by; a dependency that only degrades alerts does not count."""
        if self._coordinator is None or not self._coordinator.ticked_at:
            faults = [self.observed.dependency_fault(name) for name in ("secrets", "aws")]
            return "; ".join(["starting", *filter(None, faults)])
        for name in ("dynamodb", "kinesis"):
            if fault := self.observed.dependency_fault(name):
                return f"{name}: {fault}"
        return None

    def _status(self) -> dict[str, Any]:
        return {"consumer_id": self._settings.consumer_id, **self.observed.snapshot()}


def _stream(aws: Aws, name: str) -> dict[str, Any]:
    """The stream's name and ARN; a policy on the ARN applies to reads only when they carry it."""
    summary = aws.kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
    if summary["StreamStatus"] not in ("ACTIVE", "UPDATING"):
        raise ConsumerError(f"stream {name} is {summary['StreamStatus']}")
    return {"StreamName": name, "StreamARN": summary["StreamARN"]}
