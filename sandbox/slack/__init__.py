"""A stand-in for Slack: the Web API and webhooks that alerts need, and a page that shows them."""

from __future__ import annotations
