# What LocalStack's free edition lacks: Managed Grafana, EKS, ECR and budgets.
grafana_enabled = false
eks_enabled     = false
ecr_enabled     = false
budget_enabled  = false
