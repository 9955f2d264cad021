"""What may go wrong between Inlay and Salesforce, done on purpose; the count must be exact."""
