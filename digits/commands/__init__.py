"""The commands, one module each; the page itself is `digits.page`.

Each module has `SUMMARY`, one line for the help; `USES_MODEL`, whether it takes --model;
`add_arguments(parser)`; and `run(args)`, which does the work and returns the exit code. Heavy
imports are inside functions, so that usage messages need not wait for TensorFlow.
"""
