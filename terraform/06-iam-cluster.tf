# Roles of what the cluster itself runs; bound to service accounts like those of the workloads.

data "aws_iam_policy_document" "cluster_autoscaler" {
  # Describing takes no resource: these actions know only "*". They change nothing.
  statement {
    sid = "Look"

    actions = [
      "autoscaling:DescribeAutoScalingGroups",
      "autoscaling:DescribeAutoScalingInstances",
      "autoscaling:DescribeLaunchConfigurations",
      "autoscaling:DescribeScalingActivities",
      "autoscaling:DescribeTags",
      "ec2:DescribeImages",
      "ec2:DescribeInstanceTypes",
      "ec2:DescribeLaunchTemplateVersions",
      "ec2:GetInstanceTypesFromInstanceRequirements",
    ]

    resources = ["*"]
  }

  statement {
    sid       = "Nodes"
    actions   = ["eks:DescribeNodegroup"]
    resources = ["arn:${local.partition}:eks:${var.region}:${var.account_id}:nodegroup/cali/*/*"]
  }

  # EKS names the groups, and tags them as the cluster's own.
  statement {
    sid       = "Scale"
    actions   = ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"]
    resources = ["arn:${local.partition}:autoscaling:${var.region}:${var.account_id}:autoScalingGroup:*:autoScalingGroupName/eks-*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/k8s.io/cluster-autoscaler/cali"
      values   = ["owned"]
    }
  }
}

resource "aws_iam_role_policy" "cluster_autoscaler" {
  name   = "scale"
  role   = aws_iam_role.workload["cluster-autoscaler"].name
  policy = data.aws_iam_policy_document.cluster_autoscaler.json
}

# AWS's own policy, kept in step with the add-on: it confines itself to volumes that the driver has tagged.
resource "aws_iam_role_policy_attachment" "ebs_csi" {
  role       = aws_iam_role.workload["ebs-csi"].name
  policy_arn = "arn:${local.partition}:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy"
}
