"""The comparison behind `make bench`: see docs/benchmarks.md."""
