"""Engagement: what people did, who is thought to have done it, and what it adds up to."""
