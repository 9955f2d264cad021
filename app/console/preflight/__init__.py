"""The preflight as a page: what an org lacks for what is switched on, and who grants it."""
