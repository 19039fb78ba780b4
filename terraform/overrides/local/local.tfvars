# Sizes, seconds and deletion windows of every emulator. Everything else is as on AWS.
account_id              = "000000000000"
environment             = "local"
firehose_buffer_seconds = 2
firehose_buffer_mib     = 1
opensearch_timeout      = "1s"
opensearch_volume_gib   = 10
bucket_force_destroy    = true
deletion_protection     = false
secret_recovery_days    = 0
