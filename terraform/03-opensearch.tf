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

resource "aws_opensearch_domain" "logs" {
  domain_name     = local.domain_name
  engine_version  = "OpenSearch_2.19"
  access_policies = data.aws_iam_policy_document.opensearch.json

  cluster_config {
    instance_type  = var.opensearch_instance_type
    instance_count = 1
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

  timeouts {
    create = var.opensearch_timeout
    update = var.opensearch_timeout
    delete = var.opensearch_timeout
  }
}
