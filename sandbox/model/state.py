"""What all requests of one server share."""

from __future__ import annotations

from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field

from sandbox.model.counters import Counters
from sandbox.model.embedder import Embedder
from sandbox.model.faults import FaultBoard
from sandbox.model.latency import LatencyDistribution

# The key of a server that never leaves this machine: it keeps clients honest about sending one, it protects nothing.
DEFAULT_KEY = "sk-local-sandbox"
# The first is the stand-in's own name; the rest let an unchanged configuration of the real API be answered.
DEFAULT_CHAT_MODELS = ("cali-analyst", "gpt-4o-mini", "gpt-4o", "gpt-4.1-mini", "gpt-4.1", "gpt-5-mini")


@dataclass
class ModelState:
    """The parts of a running stand-in.

    Attributes:
        embedder: Makes the vectors and counts tokens.
        key: The API key every request must carry.
        latency: How long chat answers take; None for at once.
        chat_models: The names under which chat is answered.
    """

    embedder: Embedder
    key: str = DEFAULT_KEY
    latency: LatencyDistribution | None = None
    chat_models: tuple[str, ...] = DEFAULT_CHAT_MODELS
    faults: FaultBoard = field(default_factory=FaultBoard)
    counters: Counters = field(default_factory=Counters)
    # One thread: the model computes on one, and requests take turns by the chunk.
    executor: Executor = field(default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="embed"))
