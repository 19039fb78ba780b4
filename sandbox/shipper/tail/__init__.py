"""The `tail` input: follows log files, through rotation, truncation and restarts."""
