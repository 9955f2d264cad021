"""Pages of the ways into an org: typed, by a popup, by a link for one time; and the way out."""
