"""SOQL: a grammar, a syntax tree, and its translation to SQL on the store."""
