"""Salesforce Canvas as a library: no Flask, no database, imports nothing of ours."""
