"""What the monolith's own way of asking does to what it sees, the same on a tape and on a live server."""


def cut_name(window: str) -> str:
    """It splits its listing at colons: a window's name ends at the first one."""
    return window.partition(":")[0]


def printed(screen: str) -> str:
    """It never sees the empty lines below a screen: libtmux drops them."""
    return screen.rstrip("\n")
