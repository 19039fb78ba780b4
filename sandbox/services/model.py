"""The model: a stand-in with OpenAI's API and real embeddings, `sandbox.model`."""

from __future__ import annotations

from pathlib import Path

from sandbox.services.servers import OwnServer


class Model(OwnServer):
    """Step 9, and the embeddings of step 8."""

    name = "model"
    nature = "stand-in"
    default_port = 8091
    package = "sandbox.model"

    def interpreter(self) -> Path:
        """Its own environment: the inference runtime is large."""
        return self.instance.home.environments / "model" / "bin" / "python"
