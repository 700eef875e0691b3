"""Who carries what: demand, load, fair share and indices, over plain arrays."""
