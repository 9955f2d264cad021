"""The activity log of an org: what was delivered, what was not and why, and what to do about it."""
