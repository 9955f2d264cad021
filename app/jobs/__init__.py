"""The worker: delivery loop, sweeps, durable schedules."""
