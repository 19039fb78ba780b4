# Merged into the provider block of ../../providers.tf: a plan that needs no account and asks AWS nothing.
provider "aws" {
  access_key                  = "test"
  secret_key                  = "test"
  max_retries                 = 1
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}
