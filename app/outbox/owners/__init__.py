"""Who is Assigned To: users of the vendor's own product, mapped to users of the org (L14, N12)."""
