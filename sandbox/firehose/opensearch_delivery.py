"""Delivery to OpenSearch Service: bulk requests, retries for the retry duration, and failed documents to S3.

"Handle data delivery failures": a request is retried for the retry duration, then the skipped documents are delivered
to the S3 bucket. A document that OpenSearch refuses for good (a mapping error) does not wait for that.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from botocore.exceptions import BotoCoreError, ClientError

from sandbox.firehose.aws import is_loopback
from sandbox.firehose.backoff import Backoff
from sandbox.firehose.bulk import Document, Outcome, all_again, chunks, failed_document, interpret
from sandbox.firehose.kinesis_source import describe_error
from sandbox.firehose.records import Batch, Record
from sandbox.firehose.rotation import index_name
from sandbox.firehose.s3_delivery import Failure, InterruptedDeliveryError, S3Target, S3Writer
from sandbox.firehose.wiring import Wiring

log = logging.getLogger(__name__)
FAILURE = Failure("AmazonOpenSearchService-failed", "AmazonOpenSearchService_failed")
Settings = Mapping[str, Any]


class EndpointError(Exception):
    """The domain has no endpoint (yet)."""


def endpoint_url(endpoint: str, plaintext_hosts: Collection[str] = frozenset()) -> str:
    """Return a URL of a domain's endpoint (host, host:port or URL); only loopback and named hosts are spared TLS."""
    bare = endpoint.split("://", 1)[-1].rstrip("/")
    plain = is_loopback(bare) or urlsplit(f"//{bare}").hostname in plaintext_hosts
    return f"{'http' if plain else 'https'}://{bare}"


class OpenSearchDelivery:
    """Indexes the batches of one delivery stream."""

    def __init__(self, wiring: Wiring, writer: S3Writer, http: httpx.Client | None = None) -> None:
        self._clients = wiring.clients
        self._region = wiring.region
        self._metrics = wiring.metrics
        self._stop = wiring.stop
        self._writer = writer
        self._http = http or httpx.Client(timeout=httpx.Timeout(60, connect=3), trust_env=False)
        self._resolved: tuple[str, str] | None = None

    def deliver(self, batch: Batch, settings: Callable[[], Settings], s3: Callable[[], S3Target]) -> None:
        """Return once every record is in its index, or its failure is in S3.

        Raises:
            InterruptedDeliveryError: The process stops.
        """
        documents = [self._document(record, settings()) for record in batch.records]
        refused = [document for document in documents if document.malformed()]
        pending = [document for document in documents if not document.code]
        accepted, refused_later = self._index(pending, settings)
        refused += refused_later
        if refused:
            self._write_failed(refused, s3, batch.oldest)
        if accepted:
            indices = sorted({document.index for document in accepted})
            size = sum(len(document.record.data) for document in accepted)
            self._metrics.delivered(len(accepted), size, index=indices[-1], indices=indices)
            log.info("delivered to OpenSearch", extra={"records": len(accepted), "indices": indices})

    def _document(self, record: Record, settings: Settings) -> Document:
        arrived = datetime.fromtimestamp(record.arrived, UTC)
        generated = settings["DocumentIdOptions"]["DefaultDocumentIdFormat"] == "FIREHOSE_DEFAULT"
        index = index_name(settings["IndexName"], settings["IndexRotationPeriod"], arrived)
        return Document(record, index, record.record_id if generated else None, settings.get("TypeName", ""))

    def _index(
        self, pending: list[Document], settings: Callable[[], Settings]
    ) -> tuple[list[Document], list[Document]]:
        accepted: list[Document] = []
        refused: list[Document] = []
        backoff, started = Backoff(), time.monotonic()
        while pending:
            again: list[Document] = []
            for chunk in chunks(pending):
                outcome = self._send(chunk, settings())
                accepted += outcome.accepted
                refused += outcome.refused
                again += outcome.retry
            pending = again
            if not pending:
                break
            error = f"{len(pending)} documents: {pending[-1].code} {pending[-1].message}"[:500]
            self._metrics.error("opensearch", error)
            if backoff.failures == 0:
                log.warning("OpenSearch does not take documents", extra={"error": error})
            left = started + settings()["RetryOptions"]["DurationInSeconds"] - time.monotonic()
            if left <= 0:
                return accepted, refused + pending
            if self._stop.wait(min(backoff.next(), left)):
                raise InterruptedDeliveryError(error)
        if accepted or refused:  # a refusal for good is an answer as well
            self._metrics.recovered("opensearch")
        return accepted, refused

    def _send(self, chunk: Sequence[Document], settings: Settings) -> Outcome:
        for document in chunk:
            document.attempts += 1
        try:
            url = self._endpoint(settings)
            body = b"".join(document.lines() for document in chunk)
            answer = self._http.post(f"{url}/_bulk", content=body, headers={"content-type": "application/x-ndjson"})
            if answer.status_code in {400, 413}:
                return self._halves(chunk, settings, answer)
            if answer.status_code >= 300:
                return all_again(chunk, str(answer.status_code), answer.text[:1000])
            return interpret(chunk, answer.json())
        except (httpx.HTTPError, ValueError, EndpointError) as error:
            self._resolved = None
            return all_again(chunk, "OS.EndpointUnreachable", f"{type(error).__name__}: {error}")
        except (ClientError, BotoCoreError) as error:
            return all_again(chunk, "OS.DescribeDomain", describe_error(error))

    def _halves(self, chunk: Sequence[Document], settings: Settings, answer: httpx.Response) -> Outcome:
        """Send a request that is too large or not understood in halves, until only what is at fault is refused."""
        if len(chunk) == 1:
            chunk[0].code, chunk[0].message = str(answer.status_code), answer.text[:1000]
            return Outcome(refused=list(chunk))
        outcome = Outcome()
        for half in (chunk[: len(chunk) // 2], chunk[len(chunk) // 2 :]):
            part = self._send(half, settings)
            outcome.accepted += part.accepted
            outcome.retry += part.retry
            outcome.refused += part.refused
        return outcome

    def _endpoint(self, settings: Settings) -> str:
        if "ClusterEndpoint" in settings:
            return endpoint_url(settings["ClusterEndpoint"], self._clients.plaintext_hosts)
        arn: str = settings["DomainARN"]
        if self._resolved is None or self._resolved[0] != arn:
            client = self._clients.client("opensearch", self._region, settings["RoleARN"])
            status = client.describe_domain(DomainName=arn.rsplit("/", 1)[-1])["DomainStatus"]
            endpoint = status.get("Endpoint") or next(iter(status.get("Endpoints", {}).values()), None)
            if not endpoint:
                raise EndpointError(f"{arn} has no endpoint yet")
            self._resolved = (arn, endpoint_url(endpoint, self._clients.plaintext_hosts))
        return self._resolved[1]

    def _write_failed(self, refused: Sequence[Document], s3: Callable[[], S3Target], oldest: float) -> None:
        ended = int(time.time() * 1000)
        body = b"".join(failed_document(document, ended) for document in refused)
        bucket, key = self._writer.write(s3, body, oldest, FAILURE)
        reason = f"{refused[-1].code}: {refused[-1].message}"[:300]
        self._metrics.failed(len(refused), bucket, key, reason)
        log.warning(
            "documents went to the error output", extra={"documents": len(refused), "key": key, "reason": reason}
        )
