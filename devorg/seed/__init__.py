"""The believable data that an org starts with, and more of it on request."""
