"""Services for LocalStack that moto serves, as it does most of LocalStack's others.

moto comes with LocalStack and answers inside its process. In place of:

- DynamoDB: LocalStack's own provider downloads a Java program when it is first used, under its vendor's terms, which
  listens on every interface.
- OpenSearch: LocalStack's own provider starts, or stands in front of, a cluster, and tells of a domain other settings
  than were asked for: no encryption, no fine-grained access, dedicated masters. Here a domain is its settings, and
  its endpoint is the OpenSearch that LocalStack's own OPENSEARCH_CUSTOM_BACKEND names.
"""

from __future__ import annotations

from typing import Any

from localstack import config
from localstack.aws.api import RequestContext
from localstack.aws.api.dynamodb import DynamodbApi
from localstack.aws.api.opensearch import OpensearchApi
from localstack.services.moto import MotoFallbackDispatcher, call_moto
from localstack.services.plugins import Service, aws_provider

# What the classes do not implement themselves goes to moto.


class MotoDynamoDb(DynamodbApi):
    """DynamoDB."""


class MotoOpenSearch(OpensearchApi):
    """Domains of the OpenSearch service."""

    def describe_domain(self, context: RequestContext, domain_name: str, **_: Any) -> Any:
        """As moto says, with the endpoint that answers here."""
        answer = call_moto(context)
        if config.OPENSEARCH_CUSTOM_BACKEND:
            answer["DomainStatus"]["Endpoint"] = config.OPENSEARCH_CUSTOM_BACKEND.split("://")[-1]
        return answer


@aws_provider(api="dynamodb", name="moto")
def dynamodb() -> Service:
    """For PROVIDER_OVERRIDE_DYNAMODB=moto."""
    return Service.for_provider(MotoDynamoDb(), dispatch_table_factory=MotoFallbackDispatcher)


@aws_provider(api="opensearch", name="moto")
def opensearch() -> Service:
    """For PROVIDER_OVERRIDE_OPENSEARCH=moto."""
    return Service.for_provider(MotoOpenSearch(), dispatch_table_factory=MotoFallbackDispatcher)
