"""REST v1, for the vendor's own backend."""
