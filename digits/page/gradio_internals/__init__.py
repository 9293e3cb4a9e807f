"""Everything on which the page depends in Gradio and which Gradio does not promise to keep.

The rest of the page uses Gradio's documented interface, and imports from here what goes beyond it:
`importing` (what can be left out of its import), `components` (classes and attributes in Python),
`server` (variables, routes, the launch), `routes` (those that the page needs), `frontend` (how its
HTML and its modules are built) and `browser` (how they behave). Each entry says what we need it
for, and each has a test that fails when Gradio changes it: in
`tests/page/test_gradio_internals.py`, or in `tests/browser/test_gradio_internals.py` where it only
shows in a browser.
"""

SEEN_IN = "6.31.0"  # the version of Gradio in which every entry was checked
