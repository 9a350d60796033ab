"""Requests a second of kept pages, beside what else could serve them, in one run.

    .venv/bin/python -m tests.benchmarks.serve

Needs wrk; the lines of nginx and Chromium are left out where they are not installed. Everything
listens on this machine alone, without TLS, two processes each, and is asked over 32 connections.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from statistics import median

import psutil
import pytest

from tests.benchmarks import changes, cold_pages, next_page, nginx_cache
from tests.conftest import ROOT, Site, free_port, quickstarted, stop, wait_until_served
from tests.magazine.kept_pages import Response, ask
from tests.magazine.nginx import HOST

SECONDS = 5
TURNS = 5
GZIP = "accept-encoding: gzip"
NGINX = """
{user}
worker_processes 2; daemon off; pid {folder}/nginx.pid; error_log stderr crit;
events {{ worker_connections 512; }}
http {{
    access_log off; gzip_static on; types {{ text/html html; }}
    server {{ listen 127.0.0.1:{port}; root {folder}; {headers} }}
}}
"""
FROM_DISK = "nginx, from disk, same headers"
FROM_CACHE = "nginx before ours, its cache on, our example"
# What nginx says by itself of a file, or of an answer.
ITS_OWN = {
    *("server", "date", "content-type", "content-length", "content-encoding"),
    *("etag", "last-modified", "connection", "age"),
}
# The same bytes with the same headers, and nothing else: what the server itself can do.
BARE = """
BODY = open({body!r}, "rb").read()
HEADERS = {headers!r}

async def application(scope, protocol):
    protocol.response_bytes(200, HEADERS, BODY)
"""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "magazine.settings")
    if not shutil.which("wrk"):
        sys.exit("wrk is not installed.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "var").mkdir()
        with quickstarted(folder / "var", "magazine_served_of_benchmarks") as site:
            print_rates(measure_rates(site, folder))
            with granian("tests.benchmarks.gateway:application", "rsgi", folder, site, 1) as one:
                print_costs(cold_pages.measure(site, *one))
            print_changes(site)
            if shutil.which("nginx"):
                print_changes_behind_nginx(site, folder / "changes")
            with suppress(pytest.skip.Exception):  # no Chromium
                print_next_page(site)
            with granian(
                "magazine.gateway.application:application", "rsgi", folder, site, 1
            ) as one:
                before, after = changes.megabytes_with_many_pages(site, *one)
            print(
                f"\nmemory of a process: {before:.0f} MB; with {changes.PAGES} pages {after:.0f} MB"
            )


def print_rates(rates: dict[str, float]) -> None:
    print(f"{'what answers the front page':52}{'requests/s':>12}{'of ours':>10}")
    for what, rate in rates.items():
        print(f"{what:52}{rate:12,.0f}{rate / rates['kept page']:10.0%}")
    if FROM_CACHE in rates:
        share = rates[FROM_CACHE] / rates[FROM_DISK]
        print(f"nginx with its cache, as a share of nginx from disk: {share:.0%}")


def print_costs(costs: dict[str, float]) -> None:
    print(f"\n{'processor time of a page that is not kept':52}{'ms':>12}{'× empty':>10}")
    for what, cost in costs.items():
        print(f"{what:52}{cost:12.2f}{cost / costs['empty view']:10.1f}")


def print_changes(site: Site) -> None:
    without = changes.slowest_hundredth(site, is_publishing=False)
    publishing = changes.slowest_hundredth(site, is_publishing=True)
    print(
        f"\n99 of 100 answers within: {without:.1f} ms; "
        f"while an article is published every second: {publishing:.1f} ms"
    )
    ahead = timedelta(seconds=3)
    seen = changes.seconds_until_seen(site, site.port)
    print(f"from a commit to every process: {seen:.2f} s at most")
    due = changes.seconds_until_seen(site, site.port, in_advance=ahead)
    print(f"from the moment that was set to every process: {due:.2f} s at most")


def print_changes_behind_nginx(site: Site, folder: Path) -> None:
    with nginx_cache.behind(site, folder) as front:
        busy = changes.seconds_until_seen(site, front.port, host=HOST)
        idle = nginx_cache.seconds_of_idle_pages(site, front)
    print(
        f"from a commit to every reader behind nginx: {busy:.2f} s at most; the first who asked "
        f"for a page after {nginx_cache.IDLE} s was last given the old one {idle:.2f} s after it"
    )


def print_next_page(site: Site) -> None:
    with_rules = next_page.milliseconds(site, has_rules=True)
    without = next_page.milliseconds(site, has_rules=False)
    print(
        f"from a click to the first byte, over a line of {next_page.LINE * 1000:.0f} ms: "
        f"{with_rules:.0f} ms; without the speculation rules {without:.0f} ms"
    )


def measure_rates(site: Site, folder: Path) -> dict[str, float]:
    page = ask(site.port, "/", accept_encoding="gzip")
    (folder / "bare.py").write_text(bare(page, folder / "front.html.gz"))
    with (
        granian("magazine.gateway.application:application", "rsgi", folder, site) as (ours, _),
        granian("bare:application", "rsgi", folder, site) as (port, _),
    ):
        rows = by_turns({"kept page": ours, "bare callable, same bytes, same server": port})
    with granian("magazine.wsgi:application", "wsgi", folder, site) as (port, _):
        rows["Django behind its cache middleware"] = rate(port, "/by-djangos-cache/")
        rows["Django, each page rendered"] = rate(port)
        rows["Django, a plain page of three queries"] = rate(port, "/plain/")
    if shutil.which("nginx"):
        rows |= measure_rates_of_nginx(site, folder, page)
    return rows


def measure_rates_of_nginx(site: Site, folder: Path, page: Response) -> dict[str, float]:
    with (
        nginx(folder / "disk", page.body, {}) as disk,
        nginx(folder / "headers", page.body, page.headers) as same,
        nginx_cache.behind(site, folder / "nginx") as front,
    ):
        ports = {"nginx, from disk, few headers": disk, FROM_DISK: same, FROM_CACHE: front.port}
        return by_turns(ports, host=HOST)


def by_turns(ports: dict[str, int], host: str = "127.0.0.1") -> dict[str, float]:
    """Return median rates, asked by turns: they are compared with each other, and what else the
    machine does meets each of them."""
    turns = [{what: rate(port, host=host) for what, port in ports.items()} for _ in range(TURNS)]
    return {what: median(turn[what] for turn in turns) for what in ports}


def bare(page: object, body: Path) -> str:
    headers = [
        (name, said) for name, said in page.headers.items() if name not in ("date", "server")
    ]
    body.write_bytes(page.body)
    return BARE.format(body=str(body), headers=headers)


@contextmanager
def granian(
    target: str, interface: str, folder: Path, site: Site, workers: int = 2
) -> Iterator[tuple[int, psutil.Process]]:
    """Serve until the block ends; the port, and one of the processes that answer there."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", interface),
        *("--workers", str(workers)),
        *("--port", str(port), "--log-level", "error", "--backpressure", "512", target),
    ]
    env = {
        **site.env,
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
        "PYTHONPATH": f"{folder}:{ROOT}",
    }
    process = subprocess.Popen(command, env=env, cwd=ROOT, start_new_session=True)
    with serving(process, port):
        # Python's own tracker of shared memory may stand beside the workers; it does nothing.
        children = psutil.Process(process.pid).children()
        yield port, max(children, key=lambda child: child.memory_info().rss)


@contextmanager
def nginx(folder: Path, packed: bytes, headers: dict[str, str]) -> Iterator[int]:
    """Serve this page from the disk, as it was packed."""
    folder.mkdir()
    (folder / "index.html").write_bytes(b"only packed")
    (folder / "index.html.gz").write_bytes(packed)
    port = free_port()
    # Started by root, its processes would be another user's, who may not read the folder.
    user = "user root;" if os.geteuid() == 0 else ""
    said = {name: json.dumps(said) for name, said in headers.items() if name not in ITS_OWN}
    lines = "".join(f"add_header {name} {said};" for name, said in said.items())
    (folder / "nginx.conf").write_text(
        NGINX.format(user=user, folder=folder, port=port, headers=lines)
    )
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with serving(subprocess.Popen(command, start_new_session=True), port):
        yield port


@contextmanager
def serving(process: subprocess.Popen, port: int) -> Iterator[None]:
    try:
        wait_until_served(f"http://127.0.0.1:{port}/", process, seconds=60)
        yield
    finally:
        stop(process)


def rate(port: int, path: str = "/", host: str = "127.0.0.1") -> float:
    """Return requests a second. Raises RuntimeError where an answer was not 200."""
    command = ["wrk", "-t2", "-c32", f"-d{SECONDS}s", "-H", GZIP, "-H", f"Host: {host}"]
    command.append(f"http://127.0.0.1:{port}{path}")
    subprocess.run([*command[:3], "-d1s", *command[4:]], check=True, capture_output=True)
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said:
        raise RuntimeError(said)
    return float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0])


if __name__ == "__main__":
    main()
