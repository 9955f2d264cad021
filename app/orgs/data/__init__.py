"""All data of an org: taken away as a file, and deleted for good."""
