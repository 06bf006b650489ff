"""The flags as an Unleash server holds them: followed with a backend token, written with an admin token."""

from rollout.store.flags.unleash.door import Door, Reply
from rollout.store.flags.unleash.server import FlagsServer
from rollout.store.flags.unleash.setting_up import Found, Step, carry_out, look_around, steps_to
from rollout.store.flags.unleash.strategy import Place

__all__ = ["Door", "FlagsServer", "Found", "Place", "Reply", "Step", "carry_out", "look_around", "steps_to"]
