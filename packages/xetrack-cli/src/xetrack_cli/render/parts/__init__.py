"""What `xt plugins` prints of parts: the list of all, and a page of one."""
