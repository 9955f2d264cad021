"""Follow-up tasks by rule: "views the pricing block twice: a task for the owner, due tomorrow"."""
