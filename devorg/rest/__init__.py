"""`/services/data/`: the REST API. Each module holds one family of resources; a new family is a
new module and a line in `families.py`.
"""
