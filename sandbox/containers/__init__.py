"""The parts of a sandbox as containers on a Docker network of their own, one small class each."""
