"""Set-up in steps (N1): connect, rights, what to send, people; then turn on."""
