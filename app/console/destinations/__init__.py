"""The Destinations of an org: found, closed, opened again; and how they look."""
