"""What admins of the org add to the platform's own rules: validation, duplicate and assignment
rules, and fields that must be filled.
"""

from devorg.automation.rules import Automation

__all__ = ["Automation"]
