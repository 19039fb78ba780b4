# Of every target: the names and numbers that the workloads, Firehose and the people rely on.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

run "what_others_rely_on" {
  command = plan

  assert {
    condition     = aws_kinesis_stream.logs.name == "cali-logs-stream" && aws_kinesis_stream.logs.retention_period == 24
    error_message = "The stream keeps its name, and records for a day."
  }

  assert {
    condition     = aws_kinesis_firehose_delivery_stream.s3.name == "cali-logs-to-s3" && aws_kinesis_firehose_delivery_stream.opensearch.name == "cali-logs-to-opensearch"
    error_message = "The delivery streams keep their names."
  }

  assert {
    condition     = startswith(aws_s3_bucket.logs.bucket, "cali-logs") && strcontains(aws_s3_bucket.logs.bucket, var.account_id)
    error_message = "The bucket is named after the account, so that no one else's is in its way."
  }

  assert {
    condition     = aws_dynamodb_table.leases.name == "cali-consumer-leases" && aws_dynamodb_table.ledger.name == "cali-alert-ledger"
    error_message = "The tables keep their names."
  }

  assert {
    condition     = toset([for secret in aws_secretsmanager_secret.consumer : secret.name]) == toset(["cali/openai", "cali/slack"])
    error_message = "The consumer reads two secrets."
  }

  assert {
    condition     = aws_kinesis_firehose_delivery_stream.s3.extended_s3_configuration[0].prefix == "raw/dt=!{timestamp:yyyy-MM-dd}/"
    error_message = "Raw logs lie in one folder a day."
  }

  assert {
    condition     = aws_kinesis_firehose_delivery_stream.s3.extended_s3_configuration[0].compression_format == "GZIP"
    error_message = "Raw logs are compressed."
  }

  assert {
    condition     = [for move in aws_s3_bucket_lifecycle_configuration.logs.rule[0].transition : "${move.days} ${move.storage_class}"] == ["30 STANDARD_IA", "90 GLACIER"] && aws_s3_bucket_lifecycle_configuration.logs.rule[0].expiration[0].days == 365
    error_message = "Infrequent access after 30 days, Glacier after 90, gone after 365."
  }

  assert {
    condition     = aws_kinesis_stream.logs.encryption_type == "KMS"
    error_message = "The stream is encrypted."
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.logs.block_public_acls,
      aws_s3_bucket_public_access_block.logs.block_public_policy,
      aws_s3_bucket_public_access_block.logs.ignore_public_acls,
      aws_s3_bucket_public_access_block.logs.restrict_public_buckets,
    ])
    error_message = "The bucket is closed to the public."
  }

  assert {
    condition     = aws_opensearch_domain.logs.encrypt_at_rest[0].enabled && aws_opensearch_domain.logs.node_to_node_encryption[0].enabled && aws_opensearch_domain.logs.domain_endpoint_options[0].enforce_https && aws_opensearch_domain.logs.advanced_security_options[0].enabled
    error_message = "The domain is encrypted, speaks TLS and knows its callers."
  }

  assert {
    condition     = aws_launch_template.node.metadata_options[0].http_tokens == "required" && aws_launch_template.node.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "No pod reaches the credentials of its node."
  }

  assert {
    condition     = toset(keys(aws_iam_role.workload)) == toset(["airflow", "cluster-autoscaler", "consumer", "ebs-csi", "fluent-bit", "log-generator"])
    error_message = "One role a workload."
  }
}
