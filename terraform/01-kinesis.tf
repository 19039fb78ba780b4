resource "aws_kinesis_stream" "logs" {
  name             = "cali-logs-stream"
  shard_count      = var.shard_count
  retention_period = 24
  encryption_type  = "KMS"
  kms_key_id       = "alias/aws/kinesis"

  stream_mode_details {
    stream_mode = "PROVISIONED"
  }
}

resource "aws_cloudwatch_log_group" "firehose" {
  name              = "/aws/kinesisfirehose/cali"
  retention_in_days = var.log_retention_days
}

resource "aws_cloudwatch_log_stream" "firehose_s3" {
  name           = "s3"
  log_group_name = aws_cloudwatch_log_group.firehose.name
}

resource "aws_cloudwatch_log_stream" "firehose_opensearch" {
  name           = "opensearch"
  log_group_name = aws_cloudwatch_log_group.firehose.name
}

resource "aws_cloudwatch_log_stream" "firehose_opensearch_backup" {
  name           = "opensearch-backup"
  log_group_name = aws_cloudwatch_log_group.firehose.name
}

resource "aws_kinesis_firehose_delivery_stream" "s3" {
  name        = "cali-logs-to-s3"
  destination = "extended_s3"

  kinesis_source_configuration {
    kinesis_stream_arn = aws_kinesis_stream.logs.arn
    role_arn           = aws_iam_role.firehose.arn
  }

  extended_s3_configuration {
    role_arn            = aws_iam_role.firehose.arn
    bucket_arn          = aws_s3_bucket.logs.arn
    prefix              = "raw/dt=!{timestamp:yyyy-MM-dd}/"
    error_output_prefix = "firehose-failed/s3/!{firehose:error-output-type}/dt=!{timestamp:yyyy-MM-dd}/"
    buffering_interval  = var.firehose_buffer_seconds
    buffering_size      = var.firehose_buffer_mib
    compression_format  = "GZIP"

    processing_configuration {
      enabled = true

      # One JSON object a line: without it objects hold records with nothing between them.
      processors {
        type = "AppendDelimiterToRecord"

        parameters {
          parameter_name  = "Delimiter"
          parameter_value = "\\n"
        }
      }
    }

    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.firehose.name
      log_stream_name = aws_cloudwatch_log_stream.firehose_s3.name
    }
  }

  # Firehose checks the role when it is made.
  depends_on = [aws_iam_role_policy.firehose]
}

resource "aws_kinesis_firehose_delivery_stream" "opensearch" {
  name        = "cali-logs-to-opensearch"
  destination = "opensearch"

  kinesis_source_configuration {
    kinesis_stream_arn = aws_kinesis_stream.logs.arn
    role_arn           = aws_iam_role.firehose.arn
  }

  opensearch_configuration {
    domain_arn            = aws_opensearch_domain.logs.arn
    role_arn              = aws_iam_role.firehose.arn
    index_name            = "cali-logs"
    index_rotation_period = "OneDay"
    buffering_interval    = var.firehose_buffer_seconds
    buffering_size        = var.firehose_buffer_mib
    retry_duration        = 300
    s3_backup_mode        = "FailedDocumentsOnly"

    s3_configuration {
      role_arn            = aws_iam_role.firehose.arn
      bucket_arn          = aws_s3_bucket.logs.arn
      prefix              = "firehose-failed/opensearch/"
      error_output_prefix = "firehose-failed/opensearch/!{firehose:error-output-type}/"
      buffering_interval  = var.firehose_buffer_seconds
      buffering_size      = var.firehose_buffer_mib
      compression_format  = "GZIP"

      cloudwatch_logging_options {
        enabled         = true
        log_group_name  = aws_cloudwatch_log_group.firehose.name
        log_stream_name = aws_cloudwatch_log_stream.firehose_opensearch_backup.name
      }
    }

    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.firehose.name
      log_stream_name = aws_cloudwatch_log_stream.firehose_opensearch.name
    }
  }

  depends_on = [aws_iam_role_policy.firehose]
}
