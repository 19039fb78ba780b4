data "aws_iam_policy_document" "grafana_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["grafana.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

resource "aws_iam_role" "grafana" {
  name               = "cali-grafana"
  description        = "Reads the search domain for the dashboards"
  assume_role_policy = data.aws_iam_policy_document.grafana_trust.json
}

data "aws_iam_policy_document" "grafana" {
  statement {
    sid       = "Domain"
    actions   = ["es:DescribeDomain"]
    resources = [local.domain_arn]
  }

  # Grafana searches by POST.
  statement {
    sid       = "Search"
    actions   = ["es:ESHttpGet", "es:ESHttpPost"]
    resources = ["${local.domain_arn}/*"]
  }
}

resource "aws_iam_role_policy" "grafana" {
  name   = "read"
  role   = aws_iam_role.grafana.name
  policy = data.aws_iam_policy_document.grafana.json
}

resource "aws_grafana_workspace" "cali" {
  count = var.grafana_enabled ? 1 : 0

  name                     = "cali"
  description              = "CALI dashboards"
  account_access_type      = "CURRENT_ACCOUNT"
  authentication_providers = ["AWS_SSO"]
  permission_type          = "CUSTOMER_MANAGED"
  data_sources             = ["AMAZON_OPENSEARCH_SERVICE"]
  role_arn                 = aws_iam_role.grafana.arn
}
