# Production: nodes, way out and search in two zones, and its own logs kept for a year. Milvus alone is one pod on a volume
# of one zone: while that is lost, alerts come without a past incident.
environment = "prod"

# Put your own here. Ids of 0 belong to nobody, so that no CI may release.
github_repository = "example@0/cali@0"

# From where the cluster's API is reached, such as an office or the runners of CI: as it stands, from nowhere outside.
kubernetes_api_cidrs = []

nat_per_zone        = true
interface_endpoints = ["kinesis-streams"]

opensearch_instance_type  = "m6g.large.search"
opensearch_instance_count = 2
opensearch_volume_gib     = 100
log_retention_days        = 365

monthly_budget_usd = 1200
