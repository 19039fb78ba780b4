variable "region" {
  description = "AWS region of everything."
  type        = string
  default     = "ap-northeast-2"

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "The region must look like ap-northeast-2."
  }
}

variable "account_id" {
  description = "The account everything is made in. Part of names, so that a plan needs no call to AWS."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has twelve digits."
  }
}

variable "environment" {
  description = "Which environment this is: a tag of every resource, and the environment of GitHub that CI must run in. Each has an account of its own."
  type        = string

  validation {
    condition     = contains(["dev", "prod", "local"], var.environment)
    error_message = "The environment is dev, prod or local."
  }
}

variable "shard_count" {
  description = "Shards of the log stream. One takes 1 MB/s in and serves five GetRecords a second to all its readers."
  type        = number
  default     = 1

  validation {
    condition     = var.shard_count >= 1 && floor(var.shard_count) == var.shard_count
    error_message = "At least one shard, and no part of one."
  }
}

variable "firehose_buffer_seconds" {
  description = "Seconds Firehose gathers records before it delivers."
  type        = number
  default     = 60

  validation {
    condition     = var.firehose_buffer_seconds >= 0 && var.firehose_buffer_seconds <= 900
    error_message = "Firehose buffers for 0 to 900 seconds."
  }
}

variable "firehose_buffer_mib" {
  description = "MiB Firehose gathers before it delivers, if that comes sooner than the seconds."
  type        = number
  default     = 5

  validation {
    condition     = var.firehose_buffer_mib >= 1 && var.firehose_buffer_mib <= 100
    error_message = "Firehose buffers 1 to 100 MiB."
  }
}

variable "opensearch_instance_type" {
  description = "Instance type of the search domain."
  type        = string
  default     = "t3.small.search"

  validation {
    condition     = endswith(var.opensearch_instance_type, ".search")
    error_message = "Instance types of a search domain end in .search."
  }
}

variable "opensearch_instance_count" {
  description = "Nodes of the search domain; more than one are spread over two zones."
  type        = number
  default     = 1

  validation {
    condition     = var.opensearch_instance_count == 1 || (var.opensearch_instance_count > 0 && var.opensearch_instance_count % 2 == 0)
    error_message = "One node, or an even number for two zones."
  }
}

variable "opensearch_volume_gib" {
  description = "GiB of gp3 storage of each node of the search domain."
  type        = number
  default     = 20

  validation {
    condition     = var.opensearch_volume_gib >= 10 && floor(var.opensearch_volume_gib) == var.opensearch_volume_gib
    error_message = "At least 10 GiB, in whole ones."
  }
}

variable "opensearch_log_types" {
  description = "Which of its own logs the search domain writes."
  type        = set(string)
  default     = ["AUDIT_LOGS", "ES_APPLICATION_LOGS"]

  validation {
    condition     = length(setsubtract(var.opensearch_log_types, ["AUDIT_LOGS", "ES_APPLICATION_LOGS", "INDEX_SLOW_LOGS", "SEARCH_SLOW_LOGS"])) == 0
    error_message = "Log types are AUDIT_LOGS, ES_APPLICATION_LOGS, INDEX_SLOW_LOGS and SEARCH_SLOW_LOGS."
  }
}

variable "opensearch_timeout" {
  description = "How long Terraform waits for the domain. The provider first looks after ten minutes unless this is short."
  type        = string
  default     = "60m"

  validation {
    condition     = can(regex("^[0-9]+[smh]$", var.opensearch_timeout))
    error_message = "A duration such as 60m."
  }
}

variable "log_retention_days" {
  description = "Days the services' own logs are kept."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545 or 731 days."
  }
}

variable "bucket_force_destroy" {
  description = "Whether destroy removes a bucket that still holds logs. Never on AWS."
  type        = bool
  default     = false
}

variable "deletion_protection" {
  description = "Whether the tables refuse to be deleted."
  type        = bool
  default     = true
}

variable "secret_recovery_days" {
  description = "Days a deleted secret can be recovered; 0 deletes it at once."
  type        = number
  default     = 7

  validation {
    condition     = var.secret_recovery_days == 0 || (var.secret_recovery_days >= 7 && var.secret_recovery_days <= 30)
    error_message = "Secrets Manager takes 7 to 30 days, or 0 to delete at once."
  }
}

variable "key_deletion_days" {
  description = "Days a deleted key can be recovered."
  type        = number
  default     = 30

  validation {
    condition     = var.key_deletion_days >= 7 && var.key_deletion_days <= 30
    error_message = "KMS takes 7 to 30 days."
  }
}

variable "availability_zones" {
  description = "Zones of the subnets. Named, so that a plan needs no call to AWS."
  type        = list(string)
  default     = ["ap-northeast-2a", "ap-northeast-2c"]

  validation {
    condition     = length(distinct(var.availability_zones)) >= 2 && length(distinct(var.availability_zones)) == length(var.availability_zones)
    error_message = "EKS needs subnets in at least two different zones."
  }
}

variable "nat_per_zone" {
  description = "Whether each zone has a NAT gateway of its own."
  type        = bool
  default     = false
}

variable "interface_endpoints" {
  description = "AWS services that nodes reach within the network, such as kinesis-streams."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for name in var.interface_endpoints : can(regex("^[a-z0-9.-]+$", name)) && !contains(["s3", "dynamodb"], name)])
    error_message = "Names of services as in com.amazonaws.<region>.<name>; S3 and DynamoDB have gateway endpoints already."
  }
}

variable "kubernetes_version" {
  description = "Version of the EKS cluster."
  type        = string
  default     = "1.35"

  validation {
    condition     = can(regex("^1\\.[0-9]{2}$", var.kubernetes_version))
    error_message = "A version such as 1.35."
  }
}

variable "addon_versions" {
  description = "Versions of add-ons by name; what is not named follows the cluster's version."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for version in values(var.addon_versions) : can(regex("^v[0-9]+\\.[0-9]+\\.[0-9]+-eksbuild\\.[0-9]+$", version))])
    error_message = "Versions of add-ons look like v1.2.3-eksbuild.1."
  }
}

variable "kubernetes_api_cidrs" {
  description = "Who reaches the cluster's API from outside; empty for nobody: it is then private."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for block in var.kubernetes_api_cidrs : can(cidrhost(block, 0)) && !endswith(block, "/0")])
    error_message = "Blocks such as 203.0.113.0/24, and never the whole internet."
  }
}

variable "node_instance_type" {
  description = "Instance type of the nodes."
  type        = string
  default     = "t3.medium"
}

variable "node_min" {
  description = "Nodes that are always there."
  type        = number
  default     = 2

  validation {
    condition     = var.node_min >= 1 && floor(var.node_min) == var.node_min
    error_message = "At least one node, and no part of one."
  }
}

variable "node_max" {
  description = "Nodes that the autoscaler may make."
  type        = number
  default     = 4

  validation {
    condition     = var.node_max >= var.node_min && floor(var.node_max) == var.node_max
    error_message = "Not less than node_min, and no part of one."
  }
}

variable "node_volume_gib" {
  description = "GiB of a node's own volume."
  type        = number
  default     = 30

  validation {
    condition     = var.node_volume_gib >= 20
    error_message = "Images alone need 20 GiB."
  }
}

variable "grafana_groups" {
  description = "Groups of IAM Identity Center, by what they may do in Grafana."
  type = object({
    admin  = optional(set(string), [])
    editor = optional(set(string), [])
    viewer = optional(set(string), [])
  })
  default = {}
}

variable "github_repository" {
  description = "Whose CI may release, as GitHub's subjects name it, with the ids that never change: owner@id/repository@id."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9-]*@[0-9]+/[A-Za-z0-9._-]+@[0-9]+$", var.github_repository))
    error_message = "Owner and repository with their ids, such as octocat@123456/my-repo@456789."
  }
}

variable "alarm_emails" {
  description = "Who hears of alarms; each must confirm."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.alarm_emails : can(regex("^[^@ ]+@[^@ ]+\\.[^@ ]+$", address))])
    error_message = "Addresses such as ops@example.com."
  }
}

variable "monthly_budget_usd" {
  description = "Cost a month from which on an alarm goes out: at 80 % spent, and when the forecast exceeds it."
  type        = number
  default     = 400

  validation {
    condition     = var.monthly_budget_usd > 0
    error_message = "A budget is more than nothing."
  }
}

# Left out only by an emulator that lacks the service, or returns it wrongly: see overrides/local. A test lists these.

variable "grafana_enabled" {
  description = "Whether there is a Managed Grafana workspace."
  type        = bool
  default     = true
}

variable "eks_enabled" {
  description = "Whether there is an EKS cluster, with its nodes and add-ons."
  type        = bool
  default     = true
}

variable "ecr_enabled" {
  description = "Whether there are image repositories."
  type        = bool
  default     = true
}

variable "budget_enabled" {
  description = "Whether there is a budget."
  type        = bool
  default     = true
}

variable "alarms_enabled" {
  description = "Whether there are alarms."
  type        = bool
  default     = true
}
