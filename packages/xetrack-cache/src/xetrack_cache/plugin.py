"""What this distribution offers: a cache of function results named ``disk``, once there is one.

Only announcements belong here. xetrack imports this module to list plugins, so it imports neither
diskcache nor anything of this package that does.
"""
