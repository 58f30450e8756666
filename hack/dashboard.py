#!/usr/bin/env python3
"""Draws the chart's dashboard from what a running operator serves: docs/dashboard.svg.

Scrapes the operator with Prometheus for as long as asked, evaluates each panel's queries, and draws what they answer.
  hack/dashboard.py http://127.0.0.1:8080/metrics --seconds 600 --prometheus /usr/bin/prometheus
"""

import argparse
import json
import pathlib
import socket
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from xml.sax.saxutils import escape

ROOT = pathlib.Path(__file__).resolve().parent.parent
COLOURS = ["#1f618d", "#c0392b", "#229954", "#d68910", "#7d3c98", "#117a65", "#5d6d7e", "#a04000"]
WIDTH, HEIGHT, MARGIN, LEGEND = 560, 250, 48, 13
SCRAPE = 2


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def configuration(metrics):
    url = urllib.parse.urlparse(metrics)
    target = {"targets": [url.netloc], "labels": {"namespace": "cloudfront", "pod": "cloudfront-operator-0"}}
    job = {"job_name": "operator", "metrics_path": url.path, "static_configs": [target]}
    return json.dumps({"global": {"scrape_interval": f"{SCRAPE}s"}, "scrape_configs": [job]})


def scrape(program, metrics, seconds, panels):
    """The answers to each panel's queries, after Prometheus has scraped for so many seconds."""
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder, "prometheus.yml")
        config.write_text(configuration(metrics))
        address = f"127.0.0.1:{free_port()}"
        flags = [f"--config.file={config}", f"--storage.tsdb.path={folder}/data", f"--web.listen-address={address}"]
        with open(pathlib.Path(folder, "log"), "w") as log:
            server = subprocess.Popen([program, *flags], stderr=log)
        try:
            begun = time.time()
            time.sleep(seconds)
            return [[ask(address, target, begun, time.time()) for target in panel["targets"]] for panel in panels]
        finally:
            server.terminate()
            server.wait()


def ask(address, target, begun, ended):
    query = target["expr"].replace("$namespace", ".*").replace("$__rate_interval", "30s")
    parameters = {"query": query, "start": begun, "end": ended, "step": max(SCRAPE, (ended - begun) / 250)}
    url = f"http://{address}/api/v1/query_range?{urllib.parse.urlencode(parameters)}"
    with urllib.request.urlopen(url) as answer:
        series = json.load(answer)["data"]["result"]
    return [(label(target, one["metric"]), [(float(t), float(v)) for t, v in one["values"]]) for one in series]


def label(target, metric):
    """The legend as Grafana writes it: `{{name}}` stands for a label."""
    text = target.get("legendFormat", "")
    for name, value in metric.items():
        text = text.replace("{{" + name + "}}", value)
    return text or ", ".join(value for name, value in metric.items() if not name.startswith("__"))


def draw(panel, answers, left, top):
    lines = [(name, points) for answer in answers for name, points in answer]
    values = [value for _, points in lines for _, value in points if value == value]
    times = [moment for _, points in lines for moment, _ in points]
    highest = max(values, default=1) or 1
    first, last = min(times, default=0), max(times, default=1)
    shown = lines[:8]
    bottom = top + HEIGHT - 24 - LEGEND * ((len(shown) + 1) // 2)

    def place(moment, value):
        across = (moment - first) / ((last - first) or 1)
        return f"{left + MARGIN + across * (WIDTH - MARGIN - 16):.0f},{bottom - value / highest * (bottom - top - 36):.0f}"

    yield f'<rect x="{left}" y="{top}" width="{WIDTH - 8}" height="{HEIGHT - 8}" fill="white" stroke="#ccc"/>'
    yield f'<text x="{left + 10}" y="{top + 18}" font-weight="bold">{escape(panel["title"])}</text>'
    yield f'<text x="{left + MARGIN - 4}" y="{top + 40}" text-anchor="end">{highest:.3g}</text>'
    yield f'<text x="{left + MARGIN - 4}" y="{bottom}" text-anchor="end">0</text>'
    yield f'<path d="M{left + MARGIN} {bottom}H{left + WIDTH - 16}" stroke="#999"/>'
    for rank, (name, points) in enumerate(shown):
        colour = COLOURS[rank]
        path = " ".join(place(moment, value) for moment, value in points if value == value)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        x, y = left + 10 + rank % 2 * WIDTH // 2, bottom + 16 + rank // 2 * LEGEND
        yield f'<text x="{x}" y="{y}" fill="{colour}">{escape(name)}</text>'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("metrics", help="where the operator serves its metrics")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--prometheus", default="prometheus", help="the program")
    arguments = parser.parse_args()
    panels = json.loads((ROOT / "charts/cloudfront-operator/files/dashboard.json").read_text())["panels"]
    answers = scrape(arguments.prometheus, arguments.metrics, arguments.seconds, panels)
    rows = (len(panels) + 1) // 2
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDTH} {rows * HEIGHT}" font-family="sans-serif" font-size="11">'
    parts = [head, '<rect width="100%" height="100%" fill="#f4f4f4"/>']
    for rank, (panel, answer) in enumerate(zip(panels, answers)):
        parts += draw(panel, answer, rank % 2 * WIDTH + 4, rank // 2 * HEIGHT + 4)
    (ROOT / "docs/dashboard.svg").write_text("\n".join([*parts, "</svg>", ""]))


if __name__ == "__main__":
    main()
