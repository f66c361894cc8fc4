"""The server of the page: who may ask, what is answered, and how it begins and ends."""
