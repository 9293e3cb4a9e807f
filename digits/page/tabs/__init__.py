"""The page's tabs: each module lays out one of them and wires its events."""
