"""The Salesforce package, checked without an org: `make test-sfdx`."""
