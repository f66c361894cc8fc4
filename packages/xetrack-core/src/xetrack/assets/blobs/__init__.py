"""Asset stores of blobs: what a bucket, a folder or a key-value store needs to be one."""
