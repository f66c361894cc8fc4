"""What ``xt demo`` runs: a benchmark of compressors on real files, tracked call by call."""
