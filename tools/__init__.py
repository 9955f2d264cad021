"""The commands behind the Makefile. Nothing here is imported by the product."""
