"""``python -m sandbox``: serve the pretend outside world on loopback."""

import argparse
import socket
import sys

import uvicorn

from sandbox.app import SESSION_SECONDS, create_app
from sandbox.brokerage import build_brokerage
from sandbox.scene import POLICIES, SEED

HOST = "127.0.0.1"


def main() -> None:
    """Print ``sandbox ready <address>`` once requests are taken, then serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=main.__doc__)
    parser.add_argument("--port", type=int, default=8700, help="0 takes a free one")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--policies", type=int, default=POLICIES)
    parser.add_argument(
        "--small-portals",
        action="store_true",
        help="a few hundred rows at the portals beside taian: still several pages each",
    )
    parser.add_argument("--session-seconds", type=float, default=SESSION_SECONDS)
    given = parser.parse_args()
    brokerage = build_brokerage(given.seed, given.policies)
    app = create_app(brokerage, given.session_seconds, small_portals=given.small_portals)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, given.port))
        listener.listen(128)
        sys.stdout.write(f"sandbox ready http://{HOST}:{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        uvicorn.Server(
            uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=2)
        ).run(sockets=[listener])


if __name__ == "__main__":
    main()
