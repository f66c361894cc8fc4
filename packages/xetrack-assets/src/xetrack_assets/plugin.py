"""What this distribution offers: a store of assets named ``sqlite``, once there is one.

Only announcements belong here. xetrack imports this module to list plugins, so it imports neither
sqlitedict nor anything of this package that does.
"""
