# One role a workload. Pods get theirs by EKS Pod Identity: the trust names no cluster's OIDC provider, so that a role
# outlives a cluster, and the session carries the pod's namespace and service account as tags.

locals {
  # With the service account that runs under it; the namespaces are those of k8s/ and helm-values/.
  workloads = {
    airflow            = { namespace = "airflow", service_account = "airflow" }
    cluster-autoscaler = { namespace = "kube-system", service_account = "cluster-autoscaler" }
    consumer           = { namespace = "cali", service_account = "consumer" }
    ebs-csi            = { namespace = "kube-system", service_account = "ebs-csi-controller-sa" }
    fluent-bit         = { namespace = "cali-shipping", service_account = "fluent-bit" }
    log-generator      = { namespace = "cali", service_account = "log-generator" }
  }
}

data "aws_iam_policy_document" "pod_trust" {
  statement {
    sid     = "PodIdentity"
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

# The log generator's role carries no policy: it writes to its own stdout and calls nothing.
resource "aws_iam_role" "workload" {
  for_each = local.workloads

  name               = "cali-${each.key}"
  description        = "CALI ${each.key}"
  assume_role_policy = data.aws_iam_policy_document.pod_trust.json
}

data "aws_iam_policy_document" "fluent_bit" {
  statement {
    sid       = "Ship"
    actions   = ["kinesis:PutRecords"]
    resources = [aws_kinesis_stream.logs.arn]
  }
}

resource "aws_iam_role_policy" "fluent_bit" {
  name   = "ship"
  role   = aws_iam_role.workload["fluent-bit"].name
  policy = data.aws_iam_policy_document.fluent_bit.json
}

data "aws_iam_policy_document" "consumer" {
  statement {
    sid       = "Read"
    actions   = ["kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"]
    resources = [aws_kinesis_stream.logs.arn]
  }

  statement {
    sid       = "Leases"
    actions   = ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:Scan", "dynamodb:UpdateItem"]
    resources = [aws_dynamodb_table.leases.arn]
  }

  statement {
    sid       = "Ledger"
    actions   = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:UpdateItem"]
    resources = [aws_dynamodb_table.ledger.arn]
  }

  statement {
    sid       = "LedgerPending"
    actions   = ["dynamodb:Query"]
    resources = ["${aws_dynamodb_table.ledger.arn}/index/${local.pending_index}"]
  }

  # HeadBucket, by which the consumer knows that it can keep what it must not lose.
  statement {
    sid       = "Bucket"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.logs.arn]
  }

  statement {
    sid     = "Keep"
    actions = ["s3:PutObject"]

    resources = [
      "${aws_s3_bucket.logs.arn}/new_errors/*",
      "${aws_s3_bucket.logs.arn}/rejected/*",
    ]
  }

  statement {
    sid       = "Secrets"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [for secret in aws_secretsmanager_secret.consumer : secret.arn]
  }
}

resource "aws_iam_role_policy" "consumer" {
  name   = "consume"
  role   = aws_iam_role.workload["consumer"].name
  policy = data.aws_iam_policy_document.consumer.json
}

# The batch reads what no past incident explained, and moves it when it is dealt with.
data "aws_iam_policy_document" "airflow" {
  statement {
    sid       = "List"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.logs.arn]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["new_errors/*"]
    }
  }

  statement {
    sid       = "Take"
    actions   = ["s3:DeleteObject", "s3:GetObject"]
    resources = ["${aws_s3_bucket.logs.arn}/new_errors/*"]
  }

  statement {
    sid       = "Keep"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.logs.arn}/processed_errors/*"]
  }
}

resource "aws_iam_role_policy" "airflow" {
  name   = "batch"
  role   = aws_iam_role.workload["airflow"].name
  policy = data.aws_iam_policy_document.airflow.json
}

data "aws_iam_policy_document" "firehose_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["firehose.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

resource "aws_iam_role" "firehose" {
  name               = "cali-firehose"
  description        = "Both delivery streams"
  assume_role_policy = data.aws_iam_policy_document.firehose_trust.json
}

data "aws_iam_policy_document" "firehose" {
  statement {
    sid       = "Source"
    actions   = ["kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"]
    resources = [aws_kinesis_stream.logs.arn]
  }

  statement {
    sid       = "Bucket"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
    resources = [aws_s3_bucket.logs.arn]
  }

  statement {
    sid     = "Objects"
    actions = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"]

    resources = [
      "${aws_s3_bucket.logs.arn}/raw/*",
      "${aws_s3_bucket.logs.arn}/firehose-failed/*",
    ]
  }

  statement {
    sid       = "Domain"
    actions   = ["es:DescribeDomain", "es:DescribeDomainConfig", "es:DescribeDomains"]
    resources = [local.domain_arn]
  }

  # The list is AWS's own for a Firehose role: it looks at the cluster before it writes to it.
  statement {
    sid     = "Documents"
    actions = ["es:ESHttpPost", "es:ESHttpPut"]

    resources = [
      local.domain_arn,
      "${local.domain_arn}/*",
    ]
  }

  statement {
    sid     = "Inspect"
    actions = ["es:ESHttpGet"]

    resources = [
      "${local.domain_arn}/_all/_settings",
      "${local.domain_arn}/_cluster/stats",
      "${local.domain_arn}/_nodes",
      "${local.domain_arn}/_nodes/*/stats",
      "${local.domain_arn}/_nodes/stats",
      "${local.domain_arn}/_stats",
      "${local.domain_arn}/cali-logs*/_mapping/*",
      "${local.domain_arn}/cali-logs*/_stats",
    ]
  }

  statement {
    sid       = "Errors"
    actions   = ["logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.firehose.arn}:log-stream:*"]
  }
}

resource "aws_iam_role_policy" "firehose" {
  name   = "deliver"
  role   = aws_iam_role.firehose.name
  policy = data.aws_iam_policy_document.firehose.json
}

# Maps other roles within the search domain and keeps its index template. Assumed by whoever the account lets do so.
data "aws_iam_policy_document" "account_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${var.account_id}:root"]
    }
  }
}

resource "aws_iam_role" "opensearch_admin" {
  name               = "cali-opensearch-admin"
  description        = "Administers the search domain"
  assume_role_policy = data.aws_iam_policy_document.account_trust.json
}
