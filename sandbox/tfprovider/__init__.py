"""hashicorp/aws for networks that cannot download it: answers the real terraform over plugin protocol 6.

A resource is a short table over the botocore model (`resources/`); the engine beside it (`engine.py`, `plan.py`,
`mapping.py`) plans, creates, reads, updates and deletes from that table. Schemas are the published provider's own
(`schemas.json`, made by `python -m sandbox.tfprovider.derive`).
"""
