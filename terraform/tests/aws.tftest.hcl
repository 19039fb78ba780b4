# Of AWS: everything is there, also what an emulator leaves out. Ids are made up when it is applied.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/made-up" }
  }

  mock_resource "aws_grafana_workspace" {
    defaults = { id = "g-0123456789", endpoint = "g-0123456789.grafana-workspace.ap-northeast-2.amazonaws.com" }
  }
}

run "everything" {
  command = apply

  variables {
    kubernetes_api_cidrs = ["203.0.113.0/24"]
    grafana_groups       = { admin = ["11111111-1111-1111-1111-111111111111"] }
  }

  assert {
    condition     = aws_eks_cluster.cali[0].version == var.kubernetes_version && aws_eks_node_group.cali[0].instance_types == tolist(["t3.medium"])
    error_message = "The cluster has its version and its nodes."
  }

  assert {
    condition     = aws_eks_node_group.cali[0].scaling_config[0].min_size == 2 && aws_eks_node_group.cali[0].scaling_config[0].max_size == 4
    error_message = "Two to four nodes."
  }

  assert {
    condition     = aws_eks_cluster.cali[0].encryption_config[0].resources == toset(["secrets"]) && aws_eks_cluster.cali[0].encryption_config[0].provider[0].key_arn == aws_kms_key.cali.arn
    error_message = "Secrets are encrypted by our key."
  }

  assert {
    condition     = aws_eks_cluster.cali[0].vpc_config[0].endpoint_public_access && aws_eks_cluster.cali[0].vpc_config[0].public_access_cidrs == toset(["203.0.113.0/24"])
    error_message = "Who is named reaches the API from outside."
  }

  assert {
    condition     = toset(keys(aws_eks_addon.cali)) == toset(["aws-ebs-csi-driver", "coredns", "eks-pod-identity-agent", "kube-proxy", "metrics-server", "vpc-cni"])
    error_message = "All add-ons are there."
  }

  assert {
    condition     = jsondecode(aws_eks_addon.cali["vpc-cni"].configuration_values).enableNetworkPolicy == "true"
    error_message = "Network policies are enforced."
  }

  assert {
    condition     = alltrue([for name, pod in aws_eks_pod_identity_association.workload : pod.role_arn == aws_iam_role.workload[name].arn]) && length(aws_eks_pod_identity_association.workload) == length(local.workloads)
    error_message = "Each service account has the role of its name."
  }

  assert {
    condition     = aws_eks_access_policy_association.cali["ci"].access_scope[0].type == "namespace" && aws_eks_access_policy_association.cali["ci"].access_scope[0].namespaces == toset(["cali"])
    error_message = "CI changes the workloads and nothing else."
  }

  assert {
    condition     = output.cluster_name == "cali" && toset(keys(output.repository_urls)) == toset(["consumer", "log-generator"])
    error_message = "Cluster and repositories are told."
  }

  assert {
    condition     = aws_grafana_workspace.cali[0].data_sources == tolist(["AMAZON_OPENSEARCH_SERVICE"]) && aws_grafana_workspace.cali[0].role_arn == aws_iam_role.grafana.arn
    error_message = "The workspace reads the search domain under its role."
  }

  assert {
    condition     = keys(aws_grafana_role_association.cali) == ["admin"] && aws_grafana_role_association.cali["admin"].role == "ADMIN"
    error_message = "Groups get what they are given, and nobody else."
  }

  assert {
    condition     = output.grafana_endpoint == aws_grafana_workspace.cali[0].endpoint
    error_message = "Its address is told."
  }

  assert {
    condition     = alltrue([for name in ["readers-behind", "consumers-silent", "s3-stale", "index-stale", "search-red", "search-full", "writes-throttled"] : contains(keys(aws_cloudwatch_metric_alarm.cali), name)])
    error_message = "Late, lost, throttled, red and full are all told."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.cali["consumers-silent"].treat_missing_data == "breaching" && aws_cloudwatch_metric_alarm.cali["search-full"].statistic == "Minimum"
    error_message = "Silence of the consumers is an alarm, and so is the fullest node."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.cali : alarm.datapoints_to_alarm <= alarm.evaluation_periods])
    error_message = "No alarm asks for more points than it looks at."
  }

  assert {
    condition     = length(aws_budgets_budget.cali) == 1 && length(aws_budgets_budget.cali[0].notification) == 2
    error_message = "The budget tells what is spent and what will be."
  }
}

run "two_zones_and_closed" {
  command = plan

  variables {
    kubernetes_api_cidrs      = []
    nat_per_zone              = true
    opensearch_instance_count = 2
    interface_endpoints       = ["kinesis-streams"]
  }

  assert {
    condition     = length(aws_nat_gateway.cali) == 2 && length(aws_route_table.private) == 2 && length(aws_route.private) == 2
    error_message = "A zone keeps its way out when the other is lost."
  }

  assert {
    condition     = aws_opensearch_domain.logs.cluster_config[0].zone_awareness_config[0].availability_zone_count == 2
    error_message = "The domain's nodes are in two zones."
  }

  assert {
    condition     = length(aws_security_group.endpoints) == 1 && aws_vpc_security_group_ingress_rule.endpoints[0].from_port == 443
    error_message = "Endpoints take TLS and nothing else."
  }

  assert {
    condition     = !aws_eks_cluster.cali[0].vpc_config[0].endpoint_public_access && aws_eks_cluster.cali[0].vpc_config[0].endpoint_private_access
    error_message = "Without a block the API is private."
  }
}
