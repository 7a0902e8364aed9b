"""Evidence of failures as files: ``evidence/<insurer>/<date>/``."""

from pathlib import Path

from connectors.files import write_atomically


class EvidenceFolder:
    """Keeps what the portal bot saw; a later failure of the same kind on the same day replaces it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, name: str, content: bytes) -> None:
        """Store one file; raises StorageFull."""
        write_atomically(self.folder / name, content)
