"""The flags as an Unleash server holds them: followed with a backend token, written with an admin token."""

from rollout.store.flags.unleash.server import FlagsServer
from rollout.store.flags.unleash.setting_up import ServerInventory, SetupCall, carry_out, look_around, steps_to
from rollout.store.flags.unleash.strategy import FlagPlace
from rollout.store.flags.unleash.transport import HttpReply, UnleashTransport

__all__ = [
    "FlagPlace",
    "FlagsServer",
    "HttpReply",
    "ServerInventory",
    "SetupCall",
    "UnleashTransport",
    "carry_out",
    "look_around",
    "steps_to",
]
