"""A page in one file: the page's own modules, and the answers that they would ask a server for."""
