"""Why something is not in Salesforce (X6): a record's story, and what stands in its way now."""
