"""Org shapes: features that change what fields and objects an org has."""
