"""What `xt doctor` looks at."""
