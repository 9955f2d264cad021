"""A worker's turn at an org: claimed, frozen, sent, judged, settled."""
