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
  description = "Tag of every resource."
  type        = string
  default     = "dev"
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
}

variable "opensearch_volume_gib" {
  description = "GiB of gp3 storage of the search domain."
  type        = number
  default     = 20
}

variable "opensearch_timeout" {
  description = "How long Terraform waits for the domain. The provider first looks after ten minutes unless this is short."
  type        = string
  default     = "60m"
}

variable "log_retention_days" {
  description = "Days the services' own logs are kept."
  type        = number
  default     = 30
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

variable "availability_zones" {
  description = "Zones of the subnets. Named, so that a plan needs no call to AWS."
  type        = list(string)
  default     = ["ap-northeast-2a", "ap-northeast-2c"]

  validation {
    condition     = length(var.availability_zones) >= 2
    error_message = "EKS needs subnets in at least two zones."
  }
}

variable "kubernetes_version" {
  description = "Version of the EKS cluster."
  type        = string
  default     = "1.34"
}

variable "kubernetes_api_cidrs" {
  description = "Who reaches the cluster's public API endpoint."
  type        = list(string)
  default     = ["0.0.0.0/0"]
}

variable "node_instance_type" {
  description = "Instance type of the nodes."
  type        = string
  default     = "t3.medium"
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

variable "alarms_enabled" {
  description = "Whether there are alarms."
  type        = bool
  default     = true
}
