"""What an activity says, and on which records: pure functions, and what they are told."""
