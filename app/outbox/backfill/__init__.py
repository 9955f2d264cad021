"""History on request: events that were recorded without an activity get one, when somebody asks."""
