"""What happens to tables while somebody looks at them."""
