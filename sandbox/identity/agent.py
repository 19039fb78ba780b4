"""Finds a service account's role and assumes it, with the session that EKS makes of a pod."""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sandbox.errors import SandboxError

#: Short enough that a sandbox left up renews them; SDKs ask for new ones a quarter of an hour before the end.
SESSION_S = 3600


class IdentityError(SandboxError):
    """A workload gets no credentials.

    Attributes:
        service_account: Whose they would be.
    """

    def __init__(self, service_account: str, reason: str) -> None:
        super().__init__(
            f"no role for service account {service_account}: {reason}",
            hint="see aws_eks_pod_identity_association in terraform/05-eks.tf and the trust in terraform/06-iam.tf",
        )
        self.service_account = service_account


@dataclass
class Agent:
    """Gives credentials to the pods of one cluster, the same ones for half of their time, as EKS's agent does.

    An SDK waits two seconds for an answer: what came too late is there when it asks again.

    Attributes:
        eks: Client of EKS, which knows the associations.
        sts: Client of STS, which gives the credentials.
        cluster: The cluster's name.
    """

    eks: Any
    sts: Any
    cluster: str
    _given: dict[str, tuple[dict[str, str], float]] = field(default_factory=dict)
    _asking: threading.Lock = field(default_factory=threading.Lock)

    def credentials(self, service_account: str) -> dict[str, str]:
        """What the agent on a node answers; raises IdentityError."""
        with self._asking:
            given, until = self._given.get(service_account, ({}, 0.0))
            if time.monotonic() >= until:
                given = self._assume(service_account)
                self._given[service_account] = given, time.monotonic() + SESSION_S / 2
            return given

    def _assume(self, service_account: str) -> dict[str, str]:
        try:
            association = self._association(service_account)
            role = str(association["roleArn"])
            answer = self.sts.assume_role(
                RoleArn=role,
                RoleSessionName=f"eks-{self.cluster}-{service_account}-{uuid.uuid4()}"[:64],
                DurationSeconds=SESSION_S,
                Tags=self._tags(association["namespace"], service_account),
            )["Credentials"]
        except (ClientError, BotoCoreError) as error:
            raise IdentityError(service_account, str(error)) from error
        ends: datetime = answer["Expiration"]
        return {
            "AccessKeyId": answer["AccessKeyId"],
            "SecretAccessKey": answer["SecretAccessKey"],
            "Token": answer["SessionToken"],
            "AccountId": role.split(":")[4],
            "Expiration": ends.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    def _association(self, service_account: str) -> dict[str, Any]:
        """The one association of the service account, in whichever namespace it is: a process is in none."""
        pages = self.eks.get_paginator("list_pod_identity_associations").paginate(clusterName=self.cluster)
        listed = [entry for page in pages for entry in page["associations"]]
        found = [entry["associationId"] for entry in listed if entry["serviceAccount"] == service_account]
        if len(found) != 1:
            problem = f"cluster {self.cluster} has {len(found) or 'no'} pod identity associations for it"
            raise IdentityError(service_account, problem)
        answer = self.eks.describe_pod_identity_association(clusterName=self.cluster, associationId=found[0])
        return dict(answer["association"])

    def _tags(self, namespace: str, service_account: str) -> list[dict[str, str]]:
        """The session tags of EKS Pod Identity, but for the cluster's ARN and the pod's uid, which no process has."""
        tags = {
            "eks-cluster-name": self.cluster,
            "kubernetes-namespace": namespace,
            "kubernetes-service-account": service_account,
            "kubernetes-pod-name": f"{service_account}-0",
        }
        return [{"Key": key, "Value": value} for key, value in tags.items()]
