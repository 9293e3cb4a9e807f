"""How well a classifier reads: tables, plots and reports for people.

Hands out the comparison of networks, the HTML report, what learning from corrections brings, and
every Matplotlib figure. The arithmetic underneath is in `digits.metrics`.
"""
