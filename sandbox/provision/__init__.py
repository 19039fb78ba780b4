"""What no Terraform provider of AWS creates: index template, secret values, past incidents. Idempotent."""
