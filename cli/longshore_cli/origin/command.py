"""`longshore origin`: where the images that run came from."""

from datetime import UTC, datetime

from longshore_cli.access import Access, Place, aws_in_sentences
from longshore_cli.installation import find_installation
from longshore_cli.origin.asked import parse_asked
from longshore_cli.origin.reading import OriginReader
from longshore_cli.origin.telling import document, lines
from longshore_cli.output import OutputFormat, print_json, print_line


def run_origin(place: Place, what: str, output: OutputFormat) -> None:
    """Show the way of what runs back to the push, as far as it is known."""
    asked = parse_asked(what)
    with aws_in_sentences():
        access = Access(place)
        found = OriginReader(access, find_installation(access)).find(asked)
    if output is OutputFormat.JSON:
        print_json(document(what, found))
        return
    for line in lines(found, datetime.now(UTC)):
        print_line(line)
