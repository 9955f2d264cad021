"""Writing records by the rules of a real org: values, references, objects, batches."""
