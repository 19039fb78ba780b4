"""A Kubernetes cluster of one kind node: made, filled, asked, removed."""
