"""Finds a service account's role and assumes it, with the session that EKS makes of a pod."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Agent:
    """Gives credentials to the pods of a cluster, each of which is known by its service account.

    Processes have no namespace: the association says which one a pod of that service account would run in.

    Attributes:
        eks: Client of EKS, which knows the associations.
        sts: Client of STS, which gives the credentials.
        cluster: The cluster's name.
    """

    eks: Any
    sts: Any
    cluster: str

    def credentials(self, service_account: str) -> dict[str, str]:
        """What the agent on a node answers; raises IdentityError."""
        try:
            association = self._association(service_account)
            role = str(association["roleArn"])
            answer = self.sts.assume_role(
                RoleArn=role,
                RoleSessionName=f"eks-{self.cluster}-{service_account}-{uuid.uuid4()}"[:64],
                DurationSeconds=SESSION_S,
                Tags=self._tags(association),
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

    def _association(self, service_account: str) -> Any:  # an answer of boto3, which builds its clients at run time
        where = {"clusterName": self.cluster, "serviceAccount": service_account}
        found = self.eks.list_pod_identity_associations(**where)["associations"]
        if not found:
            raise IdentityError(service_account, f"cluster {self.cluster} has no pod identity association for it")
        if len(found) > 1:
            raise IdentityError(service_account, f"cluster {self.cluster} has it in {len(found)} namespaces")
        answer = self.eks.describe_pod_identity_association(
            clusterName=self.cluster, associationId=found[0]["associationId"]
        )
        return answer["association"]

    def _tags(self, association: Any) -> list[dict[str, str]]:
        """The session tags of EKS Pod Identity, but for the cluster's ARN and the pod's uid, which no process has."""
        tags = {
            "eks-cluster-name": self.cluster,
            "kubernetes-namespace": association["namespace"],
            "kubernetes-service-account": association["serviceAccount"],
            "kubernetes-pod-name": f"{association['serviceAccount']}-0",
        }
        return [{"Key": key, "Value": value} for key, value in tags.items()]
