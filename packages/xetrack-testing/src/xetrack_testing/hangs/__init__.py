"""What ends a test that hangs, and says where it does."""
