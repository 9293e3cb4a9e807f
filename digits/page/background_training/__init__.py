"""Training beside the page: `jobs` starts a process, `worker` is that process, and `callback` tells
the page how its training goes.
"""
