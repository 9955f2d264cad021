"""An org's Destinations: found, looked at, switched off; what new ones look like."""
