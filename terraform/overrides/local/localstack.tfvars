# What LocalStack's free edition lacks: Managed Grafana, EKS and ECR.
grafana_enabled = false
eks_enabled     = false
ecr_enabled     = false
