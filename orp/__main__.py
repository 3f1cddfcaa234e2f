"""Entry point of the command `orp`."""

from orp.cli import orp


def main() -> None:
    """Run the command line, in French whatever the language of the machine."""
    orp(prog_name="orp")


if __name__ == "__main__":
    main()
