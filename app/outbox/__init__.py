"""The outbox: what happened, on its way to Salesforce as activities, each exactly once."""
