"""What the roles of `terraform/06-iam.tf` may do, what they did, and what they were refused."""
