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

# The role of the OpenSearch data source.
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

  statement {
    sid       = "Read"
    actions   = ["es:ESHttpGet"]
    resources = ["${local.domain_arn}/*"]
  }

  # Grafana searches by POST.
  statement {
    sid     = "Search"
    actions = ["es:ESHttpPost"]

    resources = [
      "${local.domain_arn}/_msearch",
      "${local.domain_arn}/_plugins/_ppl",
      "${local.domain_arn}/cali-logs*/_search",
    ]
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

# Who may do what in it: groups of IAM Identity Center.
resource "aws_grafana_role_association" "cali" {
  for_each = { for role, groups in var.grafana_groups : role => groups if var.grafana_enabled && length(groups) > 0 }

  workspace_id = aws_grafana_workspace.cali[0].id
  role         = upper(each.key)
  group_ids    = each.value
}
