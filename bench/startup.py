"""From start to the first page, beside a hello-world Gradio app: alternated runs, medians, model loading excluded.

Both are started as a person starts them; the clock stops when ``GET /`` answers 200 with the whole page.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from bench.rows import Row
from tests.browser.server import ROOT, free_port

HELLO = """
import os, sys
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
import gradio as gr
with gr.Blocks() as page:
    name = gr.Textbox(label="Name")
    greeting = gr.Textbox(label="Greeting")
    name.submit(lambda name: f"Hello {name}!", name, greeting)
page.launch(server_name="127.0.0.1", server_port=int(sys.argv[1]), quiet=True)
"""


def first_page_s(command: list[str], port: int) -> float:
    """Seconds until the program serves its page; the program is ended afterwards."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                    answer.read()
                return time.perf_counter() - started
            except OSError:
                if process.poll() is not None or time.perf_counter() - started > 120:
                    raise RuntimeError(f"{command} did not serve a page") from None
                time.sleep(0.02)
    finally:
        process.terminate()
        process.wait(20)


def measure(repeats: int = 5) -> list[Row]:
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        hello = Path(folder) / "hello.py"
        hello.write_text(HELLO)
        for number in range(repeats + 1):
            port = free_port()
            retort = [sys.executable, "app.py", "--port", str(port), "--folder", str(Path(folder) / "data")]
            ours_s = first_page_s(retort, port)
            port = free_port()
            theirs_s = first_page_s([sys.executable, str(hello), str(port)], port)
            if number:  # the first of each warms the disk
                ours.append(ours_s)
                theirs.append(theirs_s)
    return [
        Row(
            "start to first page, against a hello-world Gradio app",
            statistics.median(ours),
            statistics.median(theirs),
            "s",
            1.3,
            at_most=True,
        )
    ]
