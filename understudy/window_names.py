"""The words by which the incumbent takes a window for an agent's or a manager's: only a label, never an identity."""

from typing import Final

AGENT_WORDS: Final = ("pm", "developer", "qa", "engineer", "devops", "backend", "frontend")
MANAGER_WORDS: Final = ("pm", "manager")
