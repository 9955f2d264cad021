"""Faults on request: calls that hang, answer late, fail or drop; rows that are refused, changed
on the way in, or seen late.
"""

from devorg.faults.active import Faults
from devorg.faults.fault import Fault, fault_from
from devorg.faults.rows import RowFaults

__all__ = ["Fault", "Faults", "RowFaults", "fault_from"]
