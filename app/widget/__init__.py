"""What a rep sees in the record page: admission, rights, the card, and the frame's own calls."""
