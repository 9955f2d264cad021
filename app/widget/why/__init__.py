"""Why something is not in Salesforce (X6), as a rep may know it: of their card's people alone."""
