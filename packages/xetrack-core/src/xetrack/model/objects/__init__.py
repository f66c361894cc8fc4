"""Objects of users: what they show, what stands for them in a row, and their text."""
