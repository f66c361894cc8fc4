"""Codecs: how objects become bytes and objects again; see `xetrack.interfaces.codecs`."""
