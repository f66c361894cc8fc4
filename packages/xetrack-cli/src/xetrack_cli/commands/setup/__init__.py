"""Commands about an installation, and the demo."""
