# Sizes, seconds and deletion windows of every emulator. Everything else is as on AWS.
account_id              = "000000000000"
environment             = "local"
github_repository       = "nobody@0/cali@0"
firehose_buffer_seconds = 2
firehose_buffer_mib     = 1
opensearch_timeout      = "1s"
opensearch_volume_gib   = 10
bucket_force_destroy    = true
deletion_protection     = false
secret_recovery_days    = 0
key_deletion_days       = 7

# No emulator writes logs of its search domain.
opensearch_log_types = []
