terraform {
  required_version = ">= 1.10, < 2.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.25"
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project     = "cali"
      Environment = var.environment
      ManagedBy   = "terraform"
    }
  }
}

data "aws_partition" "current" {}

locals {
  partition = data.aws_partition.current.partition

  # Built from names where a reference would close a circle, as between a domain and the policy within it.
  domain_name = "cali-logs"
  domain_arn  = "arn:${local.partition}:es:${var.region}:${var.account_id}:domain/${local.domain_name}"
  bucket_name = "cali-logs-${var.account_id}-${var.region}"
}
