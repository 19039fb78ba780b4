# What somebody must hear of, and where it goes.

resource "aws_sns_topic" "alarms" {
  name              = "cali-alarms"
  kms_master_key_id = aws_kms_key.cali.arn
}

data "aws_iam_policy_document" "alarms" {
  statement {
    sid       = "Publish"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]

    principals {
      type        = "Service"
      identifiers = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

resource "aws_sns_topic_policy" "alarms" {
  arn    = aws_sns_topic.alarms.arn
  policy = data.aws_iam_policy_document.alarms.json
}

resource "aws_sns_topic_subscription" "alarms" {
  for_each = var.alarm_emails

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.key
}

locals {
  stream   = { StreamName = aws_kinesis_stream.logs.name }
  to_s3    = { DeliveryStreamName = aws_kinesis_firehose_delivery_stream.s3.name }
  to_index = { DeliveryStreamName = aws_kinesis_firehose_delivery_stream.opensearch.name }
  domain   = { DomainName = local.domain_name, ClientId = var.account_id }
  leases   = { TableName = aws_dynamodb_table.leases.name }
  ledger   = { TableName = aws_dynamodb_table.ledger.name }

  # Seconds of delay that a full buffer explains, and four minutes more.
  stale_seconds = var.firehose_buffer_seconds + 240

  alarms = {
    readers-behind   = { of = "Kinesis", metric = "GetRecords.IteratorAgeMilliseconds", in = local.stream, above = 60000, says = "A reader of the log stream is a minute behind" }
    reads-throttled  = { of = "Kinesis", metric = "ReadProvisionedThroughputExceeded", in = local.stream, above = 0, sum = true, says = "More is read from the stream than its shards serve" }
    writes-throttled = { of = "Kinesis", metric = "WriteProvisionedThroughputExceeded", in = local.stream, above = 0, sum = true, says = "More is written to the stream than its shards take: add shards" }
    s3-stale         = { of = "Firehose", metric = "DeliveryToS3.DataFreshness", in = local.to_s3, above = local.stale_seconds, says = "Logs reach S3 late" }
    index-stale      = { of = "Firehose", metric = "DeliveryToAmazonOpenSearchService.DataFreshness", in = local.to_index, above = local.stale_seconds, says = "Logs reach OpenSearch late" }
    s3-throttled     = { of = "Firehose", metric = "ThrottledGetRecords", in = local.to_s3, above = 0, sum = true, says = "Delivery to S3 cannot read fast enough" }
    index-throttled  = { of = "Firehose", metric = "ThrottledGetRecords", in = local.to_index, above = 0, sum = true, says = "Delivery to OpenSearch cannot read fast enough" }
    search-red       = { of = "ES", metric = "ClusterStatus.red", in = local.domain, above = 0, says = "The search domain has lost a primary shard" }
    search-blocked   = { of = "ES", metric = "ClusterIndexWritesBlocked", in = local.domain, above = 0, says = "The search domain refuses writes" }
    search-full      = { of = "ES", metric = "FreeStorageSpace", in = local.domain, below = var.opensearch_volume_gib * 1024 / 4, says = "A quarter of the search domain's storage is left" }
    leases-throttled = { of = "DynamoDB", metric = "WriteThrottleEvents", in = local.leases, above = 0, sum = true, says = "Leases cannot be renewed" }
    ledger-throttled = { of = "DynamoDB", metric = "WriteThrottleEvents", in = local.ledger, above = 0, sum = true, says = "Alerts cannot be noted" }
    consumers-silent = { of = "DynamoDB", metric = "ConsumedWriteCapacityUnits", in = local.leases, below = 1, sum = true, missing = "breaching", says = "No consumer renews a lease: nobody reads the stream" }
  }
}

resource "aws_cloudwatch_metric_alarm" "cali" {
  for_each = { for name, alarm in local.alarms : name => alarm if var.alarms_enabled }

  alarm_name          = "cali-${each.key}"
  alarm_description   = each.value.says
  namespace           = "AWS/${each.value.of}"
  metric_name         = each.value.metric
  dimensions          = each.value.in
  statistic           = can(each.value.sum) ? "Sum" : can(each.value.below) ? "Minimum" : "Maximum"
  comparison_operator = can(each.value.below) ? "LessThanThreshold" : "GreaterThanThreshold"
  threshold           = try(each.value.below, each.value.above)
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  treat_missing_data  = try(each.value.missing, "notBreaching")
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

# Counts what carries the tag, once `Project` is activated as a cost allocation tag of the account.
resource "aws_budgets_budget" "cali" {
  count = var.budget_enabled ? 1 : 0

  name         = "cali"
  budget_type  = "COST"
  limit_amount = tostring(var.monthly_budget_usd)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  cost_filter {
    name   = "TagKeyValue"
    values = ["user:Project$cali"]
  }

  notification {
    notification_type         = "ACTUAL"
    comparison_operator       = "GREATER_THAN"
    threshold                 = 80
    threshold_type            = "PERCENTAGE"
    subscriber_sns_topic_arns = [aws_sns_topic.alarms.arn]
  }

  notification {
    notification_type         = "FORECASTED"
    comparison_operator       = "GREATER_THAN"
    threshold                 = 100
    threshold_type            = "PERCENTAGE"
    subscriber_sns_topic_arns = [aws_sns_topic.alarms.arn]
  }

  depends_on = [aws_sns_topic_policy.alarms]
}
