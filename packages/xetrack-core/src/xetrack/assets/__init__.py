"""What is logged and is no plain value: its encoding, its store, the view that users hold."""
