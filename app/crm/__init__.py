"""The local mirror of the CRM: who somebody is, and which Salesforce records that is."""
