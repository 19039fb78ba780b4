"""MiniStack with what IAM needs beyond it: AWS services as principals, sessions that last, decisions on record.

Runs in MiniStack's own environment: besides `ministack`, only the standard library and what builds on it is imported.
It reaches into MiniStack, whose version is pinned to the patch; `__main__.py` refuses one that has not what it needs.
"""
