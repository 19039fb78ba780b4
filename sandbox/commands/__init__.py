"""The verbs of the `sandbox` command, one module each."""
