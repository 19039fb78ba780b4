# Of MiniStack: what it lacks is left out, and nothing else.

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
    condition     = length(aws_grafana_workspace.cali) == 0 && output.grafana_endpoint == null
    error_message = "There is no Managed Grafana."
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.cali) == 0
    error_message = "Alarms come back changed."
  }

  assert {
    condition     = length(aws_eks_cluster.cali) == 1 && length(aws_eks_addon.cali) == length(local.addons) && length(aws_ecr_repository.image) == 2 && length(aws_budgets_budget.cali) == 1
    error_message = "Everything else is there."
  }
}
