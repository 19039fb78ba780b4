"""A stand-in for Fluent Bit that executes `helm-values/fluent-bit.yaml` where no `fluent-bit` is installed."""
