"""Ways in by somebody else's word: an OpenID provider for staff, Salesforce for admins."""
