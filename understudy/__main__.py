"""`python -m understudy` is the command line, as the installed console script is."""

from importlib.metadata import entry_points

from understudy.import_path import put_user_folders_last

if __name__ == "__main__":
    put_user_folders_last()
    (script,) = entry_points(group="console_scripts", name="understudy")
    script.load()()
