# Of LocalStack: what its free edition lacks is left out, and nothing else.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

run "left_out" {
  command = plan

  assert {
    condition     = length(aws_grafana_workspace.cali) == 0 && length(aws_eks_cluster.cali) == 0 && length(aws_ecr_repository.image) == 0 && length(aws_budgets_budget.cali) == 0
    error_message = "There is no Managed Grafana, EKS, ECR or budget."
  }

  assert {
    condition     = length(aws_eks_node_group.cali) + length(aws_eks_addon.cali) + length(aws_eks_pod_identity_association.workload) + length(aws_eks_access_entry.cali) == 0
    error_message = "Nothing hangs on a cluster that is not there."
  }

  assert {
    condition     = output.cluster_name == null && length(output.repository_urls) == 0
    error_message = "What is not there is not told."
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.cali) == length(local.alarms) && length(aws_iam_role.workload) == length(local.workloads)
    error_message = "Everything else is there."
  }
}
