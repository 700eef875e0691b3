"""Pages of this floor, one module a subject. Staffing only: no figure stands on them."""
