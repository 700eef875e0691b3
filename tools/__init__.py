"""The commands behind ``./run``: standard library only, since they run before anything is installed."""
