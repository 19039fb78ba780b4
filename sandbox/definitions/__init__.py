"""Readers of the definitions that every target shares: `terraform/`, `helm-values/` and `k8s/`."""
