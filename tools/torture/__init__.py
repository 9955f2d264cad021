"""``make torture``: the long form of the tests that break things, with a table at the end."""
