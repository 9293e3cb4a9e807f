"""Training beside the page: `jobs` gives the work to a process, one of which is kept ready;
`worker` is that process, and `callback` tells the page how its training goes.
"""
