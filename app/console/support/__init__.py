"""For staff: find an org, see who may do what in it, switch, approve, suspend; the audit."""
