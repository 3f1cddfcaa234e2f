"""Entry point of the command `orp`."""

from orp.french import speak_french


def main() -> None:
    """Run the command line, in French whatever the language of the machine."""
    speak_french()
    from orp.cli import orp  # click reads some of its words when it is imported

    orp(prog_name="orp")


if __name__ == "__main__":
    main()
