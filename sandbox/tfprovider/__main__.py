"""`python -m sandbox.tfprovider`: started by terraform."""

from __future__ import annotations

from sandbox.tfprovider.server import serve

if __name__ == "__main__":
    serve()
