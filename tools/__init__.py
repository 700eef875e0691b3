"""The commands behind ``./run``: standard library only, as nothing is installed before them."""
