"""The proofs: every test runs against a sandbox of its own and reads the real stores with its own clients."""
