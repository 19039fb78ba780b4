"""The parts of a sandbox, one small class each."""
