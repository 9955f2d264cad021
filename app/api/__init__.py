"""REST v1, for the vendor's own backend: engagement and memberships come in here."""
