locals {
  pending_index = "pending-index"
}

# Which consumer reads which shard, and how far it got.
resource "aws_dynamodb_table" "leases" {
  name                        = "cali-consumer-leases"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "shard_id"
  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "shard_id"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled = true
  }
}

# One row an alert and window: throttles, makes a send idempotent, and remembers the work that is still owed.
resource "aws_dynamodb_table" "ledger" {
  name                        = "cali-alert-ledger"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "alert_key"
  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "alert_key"
    type = "S"
  }

  attribute {
    name = "pending"
    type = "S"
  }

  # Sparse: a row is in it only while it carries `pending`. The rows themselves are read from the table.
  global_secondary_index {
    name            = local.pending_index
    hash_key        = "pending"
    projection_type = "KEYS_ONLY"
  }

  ttl {
    enabled        = true
    attribute_name = "expires_at"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled = true
  }
}
