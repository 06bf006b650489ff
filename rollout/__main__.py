"""`python -m rollout` is the command line."""

from understudy.import_path import put_user_folders_last

if __name__ == "__main__":
    put_user_folders_last()
    from rollout.faces.cli import main

    main()
