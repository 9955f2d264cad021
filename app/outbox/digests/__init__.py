"""One activity of all that a person did on a day, for kinds that the org wants so (L5, X20)."""
