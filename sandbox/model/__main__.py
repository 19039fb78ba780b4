"""`python -m sandbox.model`."""

from __future__ import annotations

from sandbox.model.cli import main

if __name__ == "__main__":
    main()
