"""The shared part of caches that store results as bytes, in a folder or elsewhere.

`SignedCache` makes signed bytes of results, and results of bytes that can be trusted; a cache that
extends it only stores and finds bytes.
"""

from xetrack_cache.signed.cache import SignedCache

__all__ = ["SignedCache"]
