"""What caches share that keep results as bytes, wherever they keep them.

`SealedCache` makes signed bytes of results, and results of bytes that can be trusted; a cache that
extends it only stores and finds bytes.
"""

from xetrack_cache.signed.cache import SealedCache

__all__ = ["SealedCache"]
