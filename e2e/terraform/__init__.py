"""Terraform with the sandbox's own provider, against a real emulator: no other part of the sandbox runs."""
