"""What people do with several records at once: merge duplicates, convert a lead."""
