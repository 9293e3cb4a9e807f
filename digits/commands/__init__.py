"""The commands other than the page, one module each.

A command's module has `SUMMARY`, one line for the help; `USES_MODEL`, whether it takes --model;
`add_arguments(parser)`; and `run(args)`, which does the work and returns the exit code. It imports
nothing heavy at its top, so that no usage message waits for TensorFlow.
"""
