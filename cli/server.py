"""`brokerflow server`: the Prefect server, with the settings that every process of ours has."""

from config.settings import PREFECT_PROCESS, adopted_environment


def run_server(host: str, port: int) -> None:
    """Serve Prefect until interrupted; its database is the one Prefect's own settings name."""
    with adopted_environment(PREFECT_PROCESS):
        from connectors.prefect_server import serve_prefect  # noqa: PLC0415 - reads settings on import

        serve_prefect(host, port)
