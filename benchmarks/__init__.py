"""Measures Inlay side by side with baselines: `make bench`.

Every row measures its own baseline in the same run, turn by turn with what it is compared to, so
that a machine that grows slower or faster meanwhile changes both.
"""
