"""The port to an org: connection, tokens, names, calls, errors. Only this room speaks HTTP to it.

Sources of facts about Salesforce: its public REST API, UI API and OAuth documentation.
"""
