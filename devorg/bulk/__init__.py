"""Bulk API 2.0: jobs that load CSV files and jobs that extract queries, in the background.

Sources: the Bulk API 2.0 guide (jobs, states, CSV files, limits) and the error bodies that users
of real orgs have published.
"""
