"""What root may do on this machine."""

from __future__ import annotations

import ctypes

#: Linux's number of CAP_SYS_RESOURCE.
SYS_RESOURCE = 24
_PR_CAPBSET_READ = 23


def may_have(capability: int) -> bool:
    """Whether processes here can have `capability` at all; machines inside machines often lack some."""
    return bool(ctypes.CDLL(None).prctl(_PR_CAPBSET_READ, capability, 0, 0, 0) == 1)
