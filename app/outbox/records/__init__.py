"""What is kept up to date in Salesforce beside activities: Destinations, scores of people."""
