data "aws_iam_policy_document" "opensearch" {
  statement {
    sid       = "Deliver"
    actions   = ["es:ESHttpGet", "es:ESHttpPost", "es:ESHttpPut"]
    resources = ["${local.domain_arn}/*"]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.firehose.arn]
    }
  }

  statement {
    sid       = "Administer"
    actions   = ["es:ESHttp*"]
    resources = ["${local.domain_arn}/*"]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.opensearch_admin.arn]
    }
  }
}

resource "aws_cloudwatch_log_group" "opensearch" {
  count = length(var.opensearch_log_types) > 0 ? 1 : 0

  name              = "/aws/opensearch/${local.domain_name}"
  retention_in_days = var.log_retention_days
}

data "aws_iam_policy_document" "opensearch_logs" {
  count = length(var.opensearch_log_types) > 0 ? 1 : 0

  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.opensearch[0].arn}:log-stream:*"]

    principals {
      type        = "Service"
      identifiers = ["es.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [local.domain_arn]
    }
  }
}

resource "aws_cloudwatch_log_resource_policy" "opensearch" {
  count = length(var.opensearch_log_types) > 0 ? 1 : 0

  policy_name     = "cali-opensearch"
  policy_document = data.aws_iam_policy_document.opensearch_logs[0].json
}

# The endpoint is public, and nothing passes it unsigned: TLS, the access policy above (named roles alone) and fine-grained
# access behind it. Within the VPC, Firehose and Managed Grafana would each need network interfaces and security groups
# there, and who keeps the index template a way in; none of the data would be guarded by one rule more.
resource "aws_opensearch_domain" "logs" {
  domain_name     = local.domain_name
  engine_version  = "OpenSearch_2.19"
  access_policies = data.aws_iam_policy_document.opensearch.json

  cluster_config {
    instance_type          = var.opensearch_instance_type
    instance_count         = var.opensearch_instance_count
    zone_awareness_enabled = var.opensearch_instance_count > 1

    dynamic "zone_awareness_config" {
      for_each = var.opensearch_instance_count > 1 ? [2] : []

      content {
        availability_zone_count = zone_awareness_config.value
      }
    }
  }

  ebs_options {
    ebs_enabled = true
    volume_type = "gp3"
    volume_size = var.opensearch_volume_gib
  }

  encrypt_at_rest {
    enabled = true
  }

  node_to_node_encryption {
    enabled = true
  }

  domain_endpoint_options {
    enforce_https       = true
    tls_security_policy = "Policy-Min-TLS-1-2-2019-07"
  }

  advanced_security_options {
    enabled                        = true
    internal_user_database_enabled = false

    master_user_options {
      master_user_arn = aws_iam_role.opensearch_admin.arn
    }
  }

  dynamic "log_publishing_options" {
    for_each = var.opensearch_log_types

    content {
      log_type                 = log_publishing_options.value
      cloudwatch_log_group_arn = aws_cloudwatch_log_group.opensearch[0].arn
    }
  }

  timeouts {
    create = var.opensearch_timeout
    update = var.opensearch_timeout
    delete = var.opensearch_timeout
  }

  depends_on = [aws_cloudwatch_log_resource_policy.opensearch]
}
