# Development: one of everything.
environment = "dev"

# Put your own here. Ids of 0 belong to nobody, so that no CI may release.
github_repository = "example@0/cali@0"

# From where the cluster's API is reached, such as an office or the runners of CI: as it stands, from nowhere outside.
kubernetes_api_cidrs = []

monthly_budget_usd = 400
