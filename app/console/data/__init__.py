"""What an org may do with its data: take it away, delete it, say whether support may look."""
