"""`python -m magazine.gateway`: serve the magazine, in production as in quickstart."""

import argparse
import os

from .server import serve

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "magazine.settings")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m magazine.gateway", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, help="default: 8000")
    parser.add_argument("--workers", type=int, default=2, help="processes; default: 2")
    asked = parser.parse_args()
    serve(host=asked.host, port=asked.port, workers=asked.workers)


if __name__ == "__main__":
    main()
