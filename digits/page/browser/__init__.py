"""Lets the browser itself read drawings, with the network that the page offers.

`scripts` joins the scripts beside it into one, which runs on the page and, as a worker, in a thread
of its own; `reader.js` says how the parts of the page talk to each other. `routes` serves it, and
the networks as files that `digits.web_weights` writes.
"""
