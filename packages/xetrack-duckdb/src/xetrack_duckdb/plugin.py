"""What this distribution offers: an engine named ``duckdb``, once there is one.

Only announcements belong here. xetrack imports this module to list plugins, so it imports neither
DuckDB nor anything of this package that does.
"""
