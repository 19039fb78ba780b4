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
  for_each = toset(["AmazonEC2ContainerRegistryReadOnly", "AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy"])

  role       = aws_iam_role.eks_node.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/${each.key}"
}

resource "aws_cloudwatch_log_group" "eks" {
  name              = "/aws/eks/cali/cluster"
  retention_in_days = var.log_retention_days
}

resource "aws_eks_cluster" "cali" {
  count = var.eks_enabled ? 1 : 0

  name                      = "cali"
  version                   = var.kubernetes_version
  role_arn                  = aws_iam_role.eks_cluster.arn
  enabled_cluster_log_types = ["api", "audit", "authenticator"]

  vpc_config {
    subnet_ids              = aws_subnet.private[*].id
    endpoint_private_access = true
    endpoint_public_access  = true
    public_access_cidrs     = var.kubernetes_api_cidrs
  }

  depends_on = [aws_cloudwatch_log_group.eks, aws_iam_role_policy_attachment.eks_cluster]
}

resource "aws_eks_node_group" "cali" {
  count = var.eks_enabled ? 1 : 0

  cluster_name    = aws_eks_cluster.cali[0].name
  node_group_name = "cali"
  node_role_arn   = aws_iam_role.eks_node.arn
  subnet_ids      = aws_subnet.private[*].id
  instance_types  = [var.node_instance_type]

  scaling_config {
    min_size     = 2
    desired_size = 2
    max_size     = 4
  }

  depends_on = [aws_iam_role_policy_attachment.eks_node]
}

resource "aws_eks_addon" "cali" {
  for_each = toset(var.eks_enabled ? ["coredns", "eks-pod-identity-agent", "kube-proxy", "vpc-cni"] : [])

  cluster_name = aws_eks_cluster.cali[0].name
  addon_name   = each.key

  depends_on = [aws_eks_node_group.cali]
}

# The service accounts are those of k8s/.
resource "aws_eks_pod_identity_association" "workload" {
  for_each = var.eks_enabled ? local.workloads : toset([])

  cluster_name    = aws_eks_cluster.cali[0].name
  namespace       = "cali"
  service_account = each.key
  role_arn        = aws_iam_role.workload[each.key].arn
}
