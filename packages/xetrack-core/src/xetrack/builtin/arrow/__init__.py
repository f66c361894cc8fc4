"""The frame backends of Arrow and polars, and Parquet."""
