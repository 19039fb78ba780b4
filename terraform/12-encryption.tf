# One key of our own, for what needs its policy: the cluster's secrets and the alarms' topic, which CloudWatch cannot reach
# through AWS's key. Everything else is encrypted by keys that AWS keeps, at no cost and with no right a role could lack.

data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109: the policy of a key
  #checkov:skip=CKV_AWS_111: the policy of a key
  #checkov:skip=CKV_AWS_356: the policy of a key

  # In a key's policy, "*" is the key itself. Without this statement IAM would have no say in it.
  statement {
    sid       = "Account"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${var.account_id}:root"]
    }
  }

  statement {
    sid       = "Alarms"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

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

resource "aws_kms_key" "cali" {
  description             = "CALI: secrets of the cluster, alarms"
  enable_key_rotation     = true
  deletion_window_in_days = var.key_deletion_days
  policy                  = data.aws_iam_policy_document.key.json
}

resource "aws_kms_alias" "cali" {
  name          = "alias/cali"
  target_key_id = aws_kms_key.cali.key_id
}
