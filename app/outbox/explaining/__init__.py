"""Why an activity is not in Salesforce, or is: obstacles and states in words (X6)."""
