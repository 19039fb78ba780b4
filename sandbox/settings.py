"""Names that hold on every target, and the few settings of the sandbox itself."""

from __future__ import annotations

REGION = "ap-northeast-2"

#: Known before Terraform ran, since the shipper's values name it too; outputs.tf says the same.
STREAM_NAME = "cali-logs-stream"

#: The cluster whose pod identity associations give workloads their roles; 05-eks.tf says the same.
CLUSTER_NAME = "cali"

#: The account every emulator plays.
LOCAL_ACCOUNT = "000000000000"
