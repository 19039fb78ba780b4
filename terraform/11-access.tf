# Who may act on the cluster: a role for people, and CI within the namespace of the workloads alone. What belongs to the
# whole cluster (charts, custom resources) is put there by people.

resource "aws_iam_role" "cluster_admin" {
  name               = "cali-cluster-admin"
  description        = "Administers the EKS cluster"
  assume_role_policy = data.aws_iam_policy_document.account_trust.json
}

locals {
  cluster_access = {
    admin = { role = aws_iam_role.cluster_admin.arn, policy = "AmazonEKSClusterAdminPolicy", namespaces = [] }
    ci    = { role = aws_iam_role.ci.arn, policy = "AmazonEKSEditPolicy", namespaces = ["cali"] }
  }
}

resource "aws_eks_access_entry" "cali" {
  for_each = { for name, access in local.cluster_access : name => access if var.eks_enabled }

  cluster_name  = aws_eks_cluster.cali[0].name
  principal_arn = each.value.role
}

resource "aws_eks_access_policy_association" "cali" {
  for_each = { for name, access in local.cluster_access : name => access if var.eks_enabled }

  cluster_name  = aws_eks_cluster.cali[0].name
  principal_arn = aws_eks_access_entry.cali[each.key].principal_arn
  policy_arn    = "arn:${local.partition}:eks::aws:cluster-access-policy/${each.value.policy}"

  access_scope {
    type       = length(each.value.namespaces) > 0 ? "namespace" : "cluster"
    namespaces = length(each.value.namespaces) > 0 ? each.value.namespaces : null
  }
}

# CI signs in with the token GitHub gives a run, so that no key of AWS is kept there.
resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "ci_trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    # The subject carries the ids of owner and repository, which nobody gets again when a name is freed. Jobs must run in
    # the environment of GitHub that is named like ours, so that its reviewers and branch rules apply.
    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:${var.github_repository}:environment:${var.environment}"]
    }
  }
}

resource "aws_iam_role" "ci" {
  name                 = "cali-ci"
  description          = "GitHub Actions: pushes images and rolls them out"
  assume_role_policy   = data.aws_iam_policy_document.ci_trust.json
  max_session_duration = 3600
}

data "aws_iam_policy_document" "ci" {
  # The login to the registry is given for the account, not for a repository: this action takes no other resource.
  statement {
    sid       = "Login"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    sid = "Push"

    actions = [
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:CompleteLayerUpload",
      "ecr:DescribeImages",
      "ecr:GetDownloadUrlForLayer",
      "ecr:InitiateLayerUpload",
      "ecr:PutImage",
      "ecr:UploadLayerPart",
    ]

    resources = [for name in local.images : "arn:${local.partition}:ecr:${var.region}:${var.account_id}:repository/cali/${name}"]
  }

  statement {
    sid       = "Cluster"
    actions   = ["eks:DescribeCluster"]
    resources = ["arn:${local.partition}:eks:${var.region}:${var.account_id}:cluster/cali"]
  }
}

resource "aws_iam_role_policy" "ci" {
  name   = "release"
  role   = aws_iam_role.ci.name
  policy = data.aws_iam_policy_document.ci.json
}
