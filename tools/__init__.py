"""What `make` runs beside ruff, mypy and pytest: small scripts, `python -m tools.<name>`."""
