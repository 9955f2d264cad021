"""Reads of engagement: the timeline, what it adds up to, memberships."""

from __future__ import annotations

from app.engagement.memberships import memberships
from app.engagement.summary import Summary, summary, versions
from app.engagement.timeline import Page, TimelineItem, timeline

__all__ = [
    "Page",
    "Summary",
    "TimelineItem",
    "memberships",
    "summary",
    "timeline",
    "versions",
]
