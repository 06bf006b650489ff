"""One pane as the list tells it."""

from tmuxio.reading.listing import PaneRow

ROW = PaneRow(
    pane="%1",
    session_id="$0",
    window_id="@0",
    session_created=1,
    window_index=0,
    window_panes=1,
    active=True,
    pid=10,
    width=80,
    height=24,
    cursor_x=0,
    cursor_y=0,
    dead=False,
    alternate=False,
    in_mode=False,
    history=5,
    activity=99,
    session="s",
    window="w",
    title="t",
    command="",
    tty="",
)
