# Values that no target takes.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

# Together, since each alone would plan the whole: every one of them must fail.
run "each_by_its_variable" {
  command = plan

  variables {
    account_id                = "1234"
    addon_versions            = { coredns = "latest" }
    alarm_emails              = ["ops"]
    availability_zones        = ["ap-northeast-2a", "ap-northeast-2a"]
    environment               = "staging"
    firehose_buffer_mib       = 0
    firehose_buffer_seconds   = 901
    github_repository         = "octocat/my-repo"
    interface_endpoints       = ["s3"]
    key_deletion_days         = 1
    kubernetes_api_cidrs      = ["0.0.0.0/0"]
    kubernetes_version        = "latest"
    log_retention_days        = 29
    monthly_budget_usd        = 0
    node_max                  = 4
    node_min                  = 5
    node_volume_gib           = 8
    opensearch_instance_count = 3
    opensearch_instance_type  = "t3.small"
    opensearch_log_types      = ["SLOW_LOGS"]
    opensearch_timeout        = "an hour"
    opensearch_volume_gib     = 1
    region                    = "Seoul"
    secret_recovery_days      = 3
    shard_count               = 1.5
  }

  expect_failures = [
    var.account_id,
    var.addon_versions,
    var.alarm_emails,
    var.availability_zones,
    var.environment,
    var.firehose_buffer_mib,
    var.firehose_buffer_seconds,
    var.github_repository,
    var.interface_endpoints,
    var.key_deletion_days,
    var.kubernetes_api_cidrs,
    var.kubernetes_version,
    var.log_retention_days,
    var.monthly_budget_usd,
    var.node_max,
    var.node_volume_gib,
    var.opensearch_instance_count,
    var.opensearch_instance_type,
    var.opensearch_log_types,
    var.opensearch_timeout,
    var.opensearch_volume_gib,
    var.region,
    var.secret_recovery_days,
    var.shard_count,
  ]
}

run "no_nodes_at_all" {
  command = plan

  variables {
    node_min = 0
  }

  expect_failures = [var.node_min]
}
