data "aws_iam_policy_document" "eks_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["eks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "eks_cluster" {
  name               = "cali-eks-cluster"
  description        = "The control plane of the EKS cluster"
  assume_role_policy = data.aws_iam_policy_document.eks_trust.json
}

resource "aws_iam_role_policy_attachment" "eks_cluster" {
  role       = aws_iam_role.eks_cluster.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/AmazonEKSClusterPolicy"
}

data "aws_iam_policy_document" "eks_cluster" {
  statement {
    sid       = "EncryptSecrets"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:ListGrants"]
    resources = [aws_kms_key.cali.arn]
  }
}

resource "aws_iam_role_policy" "eks_cluster" {
  name   = "encrypt"
  role   = aws_iam_role.eks_cluster.name
  policy = data.aws_iam_policy_document.eks_cluster.json
}

data "aws_iam_policy_document" "eks_node_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "eks_node" {
  name               = "cali-eks-node"
  description        = "The nodes of the EKS cluster; pods have roles of their own"
  assume_role_policy = data.aws_iam_policy_document.eks_node_trust.json
}

resource "aws_iam_role_policy_attachment" "eks_node" {
  for_each = toset(["AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy"])

  role       = aws_iam_role.eks_node.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/${each.key}"
}

resource "aws_cloudwatch_log_group" "eks" {
  name              = "/aws/eks/cali/cluster"
  retention_in_days = var.log_retention_days
}

# EKS makes one security group for the control plane and its nodes, which lets these talk to each other and nobody else
# in; a second one would add nothing.
resource "aws_eks_cluster" "cali" {
  count = var.eks_enabled ? 1 : 0

  name                      = "cali"
  version                   = var.kubernetes_version
  role_arn                  = aws_iam_role.eks_cluster.arn
  enabled_cluster_log_types = ["api", "audit", "authenticator", "controllerManager", "scheduler"]

  # Only access entries count: no config map, and no hidden right of whoever made the cluster.
  access_config {
    authentication_mode                         = "API"
    bootstrap_cluster_creator_admin_permissions = false
  }

  encryption_config {
    resources = ["secrets"]

    provider {
      key_arn = aws_kms_key.cali.arn
    }
  }

  vpc_config {
    subnet_ids              = aws_subnet.private[*].id
    endpoint_private_access = true
    endpoint_public_access  = length(var.kubernetes_api_cidrs) > 0
    public_access_cidrs     = length(var.kubernetes_api_cidrs) > 0 ? var.kubernetes_api_cidrs : null
  }

  depends_on = [
    aws_cloudwatch_log_group.eks,
    aws_iam_role_policy.eks_cluster,
    aws_iam_role_policy_attachment.eks_cluster,
  ]
}

resource "aws_launch_template" "node" {
  name                   = "cali-node"
  description            = "Nodes of the EKS cluster"
  update_default_version = true

  # One hop: a pod cannot reach the credentials of its node.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type           = "gp3"
      volume_size           = var.node_volume_gib
      encrypted             = true
      delete_on_termination = true
    }
  }

  tag_specifications {
    resource_type = "instance"
    tags          = { Name = "cali-node", Project = "cali", Environment = var.environment }
  }

  tag_specifications {
    resource_type = "volume"
    tags          = { Name = "cali-node", Project = "cali", Environment = var.environment }
  }
}

resource "aws_eks_node_group" "cali" {
  count = var.eks_enabled ? 1 : 0

  cluster_name    = aws_eks_cluster.cali[0].name
  node_group_name = "cali"
  node_role_arn   = aws_iam_role.eks_node.arn
  subnet_ids      = aws_subnet.private[*].id
  instance_types  = [var.node_instance_type]

  launch_template {
    id      = aws_launch_template.node.id
    version = aws_launch_template.node.latest_version
  }

  scaling_config {
    min_size     = var.node_min
    desired_size = var.node_min
    max_size     = var.node_max
  }

  # The cluster autoscaler moves it.
  lifecycle {
    ignore_changes = [scaling_config[0].desired_size]
  }

  depends_on = [aws_iam_role_policy_attachment.eks_node]
}

locals {
  # With their settings. A version that var.addon_versions does not name is the one EKS recommends for the cluster's.
  addons = {
    aws-ebs-csi-driver     = {}
    coredns                = {}
    eks-pod-identity-agent = {}
    kube-proxy             = {}
    metrics-server         = {}
    vpc-cni                = { enableNetworkPolicy = "true" }
  }
}

resource "aws_eks_addon" "cali" {
  for_each = { for name, settings in local.addons : name => settings if var.eks_enabled }

  cluster_name         = aws_eks_cluster.cali[0].name
  addon_name           = each.key
  addon_version        = lookup(var.addon_versions, each.key, null)
  configuration_values = length(each.value) > 0 ? jsonencode(each.value) : null

  # EKS puts three of them in with the cluster, with its own settings: these are what counts.
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"

  # A pod gets its role when it starts: those of the storage driver must find the association.
  depends_on = [aws_eks_node_group.cali, aws_eks_pod_identity_association.workload]
}

resource "aws_eks_pod_identity_association" "workload" {
  for_each = { for name, account in local.workloads : name => account if var.eks_enabled }

  cluster_name    = aws_eks_cluster.cali[0].name
  namespace       = each.value.namespace
  service_account = each.value.service_account
  role_arn        = aws_iam_role.workload[each.key].arn
}
