"""Tenants: who is served, with which features and settings."""
