"""Destinations: shareable, tracked pages for the people of one record (C3, X11, X13)."""
