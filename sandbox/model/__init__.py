"""A stand-in for the OpenAI API: semantic embeddings, and answers derived from the prompt alone."""

from __future__ import annotations
