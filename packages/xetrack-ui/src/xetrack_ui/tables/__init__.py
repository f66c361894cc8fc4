"""Databases and tables as the page sees them: opened, remembered while nothing changes, watched."""
