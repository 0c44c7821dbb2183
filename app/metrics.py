"""How Retort stands as Prometheus reads it: text in its exposition format, made anew each time that it is asked for."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from app.counts import Spread
from app.standing import Standing
from model.figures import Figures


def exposition(standing: Standing, accept: str = "") -> tuple[bytes, str]:
    """The metrics and their media type, in the form that the request's ``Accept`` asks for."""
    registry = CollectorRegistry()  # not the library's global one, which tells of the process, too
    registry.register(_Told(standing))
    encode, media_type = choose_encoder(accept)
    return encode(registry), media_type


class _Told(Collector):
    def __init__(self, standing: Standing) -> None:
        self._standing = standing

    def collect(self) -> Iterator[Metric]:
        standing = self._standing
        yield from _answers(standing)
        yield from _tokens(standing)
        yield GaugeMetricFamily(
            "retort_start_time_seconds", "When Retort was started, since 1970.", standing.started_at
        )
        yield GaugeMetricFamily("retort_tool_processes_busy", "Tool processes at work.", standing.tools_busy)
        yield GaugeMetricFamily("retort_tool_processes_limit", "Tool processes at most.", standing.tools)
        if standing.model:
            info = GaugeMetricFamily(
                "retort_model_info", "The model that answers, and its weights.", labels=["name", "weights"]
            )
            info.add_metric([standing.model, standing.weights], 1)
            yield info
        if standing.figures is not None:
            yield from _engine(standing.figures)


def _answers(standing: Standing) -> Iterator[Metric]:
    tally = standing.tally
    answers = CounterMetricFamily("retort_answers", "Answers by why they ended.", labels=["reason"])
    for reason, count in sorted(tally.answers.items()):
        answers.add_metric([reason], count)
    yield answers
    yield _histogram("retort_first_token_seconds", "From the request to the first token.", tally.first_token_s)
    yield _histogram("retort_answer_seconds", "From the question to the end of its answer.", tally.answer_s)
    calls = CounterMetricFamily("retort_tool_calls", "Calls of tools by their outcome.", labels=["tool", "outcome"])
    for (tool, outcome), count in sorted(tally.tool_calls.items()):
        calls.add_metric([tool, outcome], count)
    yield calls
    figures = standing.figures
    running = figures.answering if figures is not None else tally.under_way
    yield GaugeMetricFamily("retort_answers_running", "Answers under way.", running)


def _tokens(standing: Standing) -> Iterator[Metric]:
    totals = standing.totals
    yield CounterMetricFamily("retort_new_tokens", "Tokens that models have written.", totals["new_tokens"])
    prompt = CounterMetricFamily(
        "retort_prompt_tokens", "Tokens of prompts: computed, or reused since they were read before.", labels=["source"]
    )
    prompt.add_metric(["computed"], totals["prompt_tokens"] - totals["reused_tokens"])
    prompt.add_metric(["reused"], totals["reused_tokens"])
    yield prompt
    yield CounterMetricFamily("retort_drafted_tokens", "Tokens that were guessed.", totals["drafted_tokens"])
    yield CounterMetricFamily("retort_accepted_tokens", "Guessed tokens that were right.", totals["accepted_tokens"])
    generations = CounterMetricFamily(
        "retort_generations",
        "What models were asked for, of which an answer with tools needs several.",
        labels=["outcome"],
    )
    generations.add_metric(["finished"], totals["finished"])
    generations.add_metric(["failed"], totals["failed"])
    yield generations
    yield CounterMetricFamily("retort_model_passes", "Passes through models.", totals["passes"])
    yield CounterMetricFamily("retort_engine_restarts", "Restarts of the computing thread.", totals["restarts"])


def _engine(figures: Figures) -> Iterator[Metric]:
    yield GaugeMetricFamily("retort_answers_limit", "Answers under way at most.", figures.most_answering)
    yield GaugeMetricFamily("retort_requests_waiting", "Requests whose turn has not come.", figures.waiting)
    if figures.most_waiting is not None:
        yield GaugeMetricFamily("retort_requests_waiting_limit", "Requests that may wait.", figures.most_waiting)
    yield GaugeMetricFamily("retort_tokens_per_second", "New tokens of all answers together.", figures.tokens_per_s)
    yield GaugeMetricFamily("retort_context_tokens", "Tokens of prompt and answer at most.", figures.context)
    if figures.weight_bytes:
        yield GaugeMetricFamily("retort_weights_bytes", "Memory of the model's weights.", figures.weight_bytes)
    caches = GaugeMetricFamily(
        "retort_cache_bytes", "Memory of caches: of answers under way, or kept for later ones.", labels=["use"]
    )
    caches.add_metric(["kept"], figures.cache_bytes)
    caches.add_metric(["answering"], figures.answering_bytes)
    yield caches
    if figures.most_cache_bytes:
        yield GaugeMetricFamily("retort_cache_limit_bytes", "Memory of all caches at most.", figures.most_cache_bytes)


def _histogram(name: str, told: str, spread: Spread) -> Metric:
    buckets = [(floatToGoString(end), count) for end, count in spread.up_to()]
    return HistogramMetricFamily(name, told, buckets=buckets, sum_value=spread.total)
