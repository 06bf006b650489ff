"""The two roles that a monitor can have, as the shadow defines them."""

from shadow.monitor_role import MonitorRole

__all__ = ["MonitorRole"]
