"""The Docker engine: finding it, and starting one on a Linux machine that has none."""
