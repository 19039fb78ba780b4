# Values that no target takes.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

run "a_day_has_an_end" {
  command = plan

  variables {
    firehose_buffer_seconds = 901
  }

  expect_failures = [var.firehose_buffer_seconds]
}

run "half_a_shard" {
  command = plan

  variables {
    shard_count = 1.5
  }

  expect_failures = [var.shard_count]
}

run "names_can_be_taken_over" {
  command = plan

  variables {
    github_repository = "octocat/my-repo"
  }

  expect_failures = [var.github_repository]
}

run "no_such_environment" {
  command = plan

  variables {
    environment = "staging"
  }

  expect_failures = [var.environment]
}

run "one_zone" {
  command = plan

  variables {
    availability_zones = ["ap-northeast-2a", "ap-northeast-2a"]
  }

  expect_failures = [var.availability_zones]
}

run "the_whole_internet" {
  command = plan

  variables {
    kubernetes_api_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.kubernetes_api_cidrs]
}

run "more_at_least_than_at_most" {
  command = plan

  variables {
    node_min = 5
    node_max = 4
  }

  expect_failures = [var.node_max]
}

run "an_odd_domain" {
  command = plan

  variables {
    opensearch_instance_count = 3
  }

  expect_failures = [var.opensearch_instance_count]
}
