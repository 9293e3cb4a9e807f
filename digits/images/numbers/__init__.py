"""Reads numbers of several digits: where each digit is, and what a network says of it.

Ink is split into pieces (`pieces`) and put into lines (`lines`). Pieces in which digits may touch
are cut at every likely place (`cuts`), and all parts that could be one digit, alone or joined, are
listed (`lattice`). A network reads all of them at once; it was trained to be unsure of what is no
digit, so it also judges the cuts. The best path through the line decides (`paths`), with weights
that were fitted on validation data (`fitted`). `reading` puts this together. Nothing here knows
which network that is.

Sources: H. Fujisawa, Y. Nakano, K. Kurino, "Segmentation methods for character recognition: from
segmentation to document structure analysis", 1992, for cutting into more parts than there are and
joining them again; C. Burges, O. Matan et al., "Shortest path segmentation: a method for training
a neural network to recognize character strings", 1992, for the path; R. Casey, E. Lecolinet, "A
survey of methods and strategies in character segmentation", 1996; L. Oliveira et al., "Automatic
recognition of handwritten numerical strings: a recognition and verification strategy", 2002, for a
network that knows parts and pairs of digits.
"""
