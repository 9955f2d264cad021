"""What all pages share: hosts, headers, errors, text, limits, logs, metrics."""
