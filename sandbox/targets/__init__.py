"""The places a sandbox runs on, one module each."""
