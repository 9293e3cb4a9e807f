"""Benchmarks: accuracy and speed, measured rather than tested."""
