"""How Inlay gets into an org and stays there: ways in, tokens, whose they are, conditions."""
