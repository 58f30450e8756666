#!/usr/bin/env python3
"""Draws docs/dashboard.svg, the Helm chart's dashboard with the metrics of a running operator.

Scrapes the operator with Prometheus, evaluates the queries of each panel, and draws the results.
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
COLORS = ["#1f618d", "#c0392b", "#229954", "#d68910", "#7d3c98", "#117a65", "#5d6d7e", "#a04000"]
# The size of a panel, its left margin and the line height of its legend, in pixels.
PANEL_WIDTH, PANEL_HEIGHT, LEFT_MARGIN, LEGEND_LINE = 560, 250, 48, 13
# The number of series that a panel shows.
MAX_SERIES = len(COLORS)
SCRAPE_INTERVAL_SECONDS = 2


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def prometheus_config(metrics):
    url = urllib.parse.urlparse(metrics)
    target = {"targets": [url.netloc], "labels": {"namespace": "cloudfront", "pod": "cloudfront-operator-0"}}
    job = {"job_name": "operator", "metrics_path": url.path, "static_configs": [target]}
    return json.dumps({"global": {"scrape_interval": f"{SCRAPE_INTERVAL_SECONDS}s"}, "scrape_configs": [job]})


def scrape_and_query(program, metrics, seconds, panels):
    """Scrapes for the given number of seconds. Returns the series of each query of each panel."""
    with tempfile.TemporaryDirectory() as directory:
        config = pathlib.Path(directory, "prometheus.yml")
        config.write_text(prometheus_config(metrics))
        address = f"127.0.0.1:{free_port()}"
        flags = [f"--config.file={config}", f"--storage.tsdb.path={directory}/data", f"--web.listen-address={address}"]
        with open(pathlib.Path(directory, "log"), "w") as log:
            server = subprocess.Popen([program, *flags], stderr=log)
        try:
            start = time.time()
            time.sleep(seconds)
            return [[query_range(address, target, start, time.time()) for target in panel["targets"]] for panel in panels]
        finally:
            server.terminate()
            server.wait()


def query_range(address, target, start, end):
    """Returns the name and the points of each series that a target of a panel selects."""
    query = target["expr"].replace("$namespace", ".*").replace("$__rate_interval", "30s")
    parameters = {"query": query, "start": start, "end": end, "step": max(SCRAPE_INTERVAL_SECONDS, (end - start) / 250)}
    url = f"http://{address}/api/v1/query_range?{urllib.parse.urlencode(parameters)}"
    with urllib.request.urlopen(url) as response:
        series = json.load(response)["data"]["result"]
    return [(label(target, one["metric"]), [(float(t), float(v)) for t, v in one["values"]]) for one in series]


def label(target, metric):
    """Returns the legend as Grafana renders it: replaces `{{name}}` by the value of that label."""
    text = target.get("legendFormat", "")
    for name, value in metric.items():
        text = text.replace("{{" + name + "}}", value)
    return text or ", ".join(value for name, value in metric.items() if not name.startswith("__"))


def draw(panel, results, left, top):
    """Yields the SVG elements of a panel at a position."""
    lines = [(name, points) for result in results for name, points in result]
    values = [value for _, points in lines for _, value in points if value == value]
    times = [moment for _, points in lines for moment, _ in points]
    highest = max(values, default=1) or 1
    first, last = min(times, default=0), max(times, default=1)
    shown = lines[:MAX_SERIES]
    bottom = top + PANEL_HEIGHT - 24 - LEGEND_LINE * ((len(shown) + 1) // 2)

    def position(moment, value):
        fraction = (moment - first) / ((last - first) or 1)
        return f"{left + LEFT_MARGIN + fraction * (PANEL_WIDTH - LEFT_MARGIN - 16):.0f},{bottom - value / highest * (bottom - top - 36):.0f}"

    yield f'<rect x="{left}" y="{top}" width="{PANEL_WIDTH - 8}" height="{PANEL_HEIGHT - 8}" fill="white" stroke="#ccc"/>'
    yield f'<text x="{left + 10}" y="{top + 18}" font-weight="bold">{escape(panel["title"])}</text>'
    yield f'<text x="{left + LEFT_MARGIN - 4}" y="{top + 40}" text-anchor="end">{highest:.3g}</text>'
    yield f'<text x="{left + LEFT_MARGIN - 4}" y="{bottom}" text-anchor="end">0</text>'
    yield f'<path d="M{left + LEFT_MARGIN} {bottom}H{left + PANEL_WIDTH - 16}" stroke="#999"/>'
    for index, (name, points) in enumerate(shown):
        color = COLORS[index]
        path = " ".join(position(moment, value) for moment, value in points if value == value)
        yield f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="1.5"/>'
        x, y = left + 10 + index % 2 * PANEL_WIDTH // 2, bottom + 16 + index // 2 * LEGEND_LINE
        yield f'<text x="{x}" y="{y}" fill="{color}">{escape(name)}</text>'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("metrics", help="URL of the operator's metrics")
    parser.add_argument("--seconds", type=int, default=600, help="duration of the scrape")
    parser.add_argument("--prometheus", default="prometheus", help="path of the Prometheus program")
    arguments = parser.parse_args()
    panels = json.loads((ROOT / "charts/cloudfront-operator/files/dashboard.json").read_text())["panels"]
    results = scrape_and_query(arguments.prometheus, arguments.metrics, arguments.seconds, panels)
    rows = (len(panels) + 1) // 2
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * PANEL_WIDTH} {rows * PANEL_HEIGHT}" font-family="sans-serif" font-size="11">'
    elements = [head, '<rect width="100%" height="100%" fill="#f4f4f4"/>']
    for index, (panel, result) in enumerate(zip(panels, results)):
        elements += draw(panel, result, index % 2 * PANEL_WIDTH + 4, index // 2 * PANEL_HEIGHT + 4)
    (ROOT / "docs/dashboard.svg").write_text("\n".join([*elements, "</svg>", ""]))


if __name__ == "__main__":
    main()
