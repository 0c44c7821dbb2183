// The status page: asks for the numbers once a second while it is looked at, and not at all while it is hidden.
(() => {
  const EVERY_MS = 1000, AFTER_FAILURE_MS = 5000;
  const KEPT_S = 600, STEP_S = 2;  // the curve: ten minutes, a point each two seconds
  const WIDTH = 600, HEIGHT = 80;
  const STATES = {
    waiting: "not asked for yet", loading: "loading …", failed: "none; it could not be loaded", unloaded: "none",
  };
  const shown = (name) => document.querySelector(`[data-shows="${name}"]`);
  const told = document.querySelector("#told");

  const count = (number) => number.toLocaleString("en");
  const of = (number, most) => `${count(number)} of ${count(most)} at most`;
  const bytes = (number) => {
    if (!number) return "none";
    if (number >= 1e9) return `${(number / 1e9).toFixed(2)} GB`;
    return number >= 1e6 ? `${(number / 1e6).toFixed(0)} MB` : `${(number / 1e3).toFixed(0)} kB`;
  };
  const share = (part, whole) => (whole ? ` (${Math.round((100 * part) / whole)} %)` : "");
  const span = (seconds) => {
    const minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60), days = Math.floor(hours / 24);
    if (days) return `${days} d ${hours % 24} h`;
    if (hours) return `${hours} h ${minutes % 60} min`;
    return minutes ? `${minutes} min ${Math.floor(seconds % 60)} s` : `${Math.floor(seconds)} s`;
  };
  const known = (value, words) => (value === null ? "not told by this model" : words(value));

  const show = ({ model, memory, answers, tokens, engine, tools, left, uptime_s, versions }) => {
    const told = {
      model: model.name || STATES[model.state],
      weights: [memory.weights && bytes(memory.weights), model.weights].filter(Boolean).join(", ") || known(null),
      context: known(model.context, (context) => `${count(context)} tokens`),
      answering: known(memory.answering, bytes),
      kept: known(memory.kept, bytes),
      most: known(memory.most, bytes),
      under_way: answers.most === null ? count(answers.under_way) : of(answers.under_way, answers.most),
      waiting: known(answers.waiting, (n) => (answers.most_waiting === null ? count(n) : of(n, answers.most_waiting))),
      first_token: answers.first_token_s === null ? "none yet" : `after ${answers.first_token_s.toFixed(2)} s, in the median`,
      ended: `${count(answers.ended)}, of them ${count(answers.stopped)} stopped, ${count(answers.failed)} failed`,
      new: count(tokens.new),
      computed: count(tokens.computed),
      reused: count(tokens.reused) + share(tokens.reused, tokens.computed + tokens.reused),
      drafted: `${count(tokens.drafted)}, ${count(tokens.accepted)} right${share(tokens.accepted, tokens.drafted)}`,
      passes: count(engine.passes),
      restarts: count(engine.restarts),
      tools: `${count(tools.busy)} of ${count(tools.most)} at work`,
      tool_calls: `${count(tools.ok)} answered, ${count(tools.failed)} refused or failed`,
      uptime: span(uptime_s),
      left: left ? `What left this machine (${count(left)})` : "Nothing has left this machine",
    };
    if (!model.name) for (const name of ["weights", "context", "answering", "kept", "most", "waiting"]) told[name] = "–";
    for (const [name, words] of Object.entries(told)) shown(name).textContent = words;
    for (const part of ["answering", "kept"]) {
      document.querySelector(`[data-width="${part}"]`).style.width = `${memory.most ? (100 * memory[part]) / memory.most : 0}%`;
    }
    document.querySelector("#versions").replaceChildren(...Object.entries(versions).flatMap(([name, version]) => {
      const [term, told] = [document.createElement("dt"), document.createElement("dd")];
      [term.textContent, told.textContent] = [name, version];
      return [term, told];
    }));
    shown("restarts").classList.toggle("warns", engine.restarts > 0);
  };

  // What had been written at which time of the server; the curve is its slope, also over a while in which nobody looked.
  let seen = [];
  const remember = (at, written) => {
    if (seen.length && at < seen.at(-1).at) seen = [];  // it was started anew
    seen.push({ at, written });
    while (seen.length > 2 && seen[1].at < at - KEPT_S) seen.shift();
  };
  const writtenAt = (at) => {
    const after = seen.findIndex((point) => point.at >= at);
    if (after <= 0) return after ? seen.at(-1).written : null;  // null: before the page was opened
    const [one, other] = [seen[after - 1], seen[after]];
    return one.written + ((other.written - one.written) * (at - one.at)) / (other.at - one.at);
  };
  const speeds = () => {
    const now = seen.at(-1).at, found = [];
    for (let ago = 0; ago < KEPT_S; ago += STEP_S) {
      const before = writtenAt(now - ago - STEP_S);
      if (before === null) break;
      found.unshift((writtenAt(now - ago) - before) / STEP_S);
    }
    return found;
  };
  const draw = (now) => {
    const found = speeds(), most = Math.max(...found, 1);
    const x = (index) => WIDTH - ((found.length - 1 - index) * WIDTH * STEP_S) / (KEPT_S - STEP_S);
    const points = found.map((speed, index) => `${x(index).toFixed(1)},${(HEIGHT - 2 - (speed / most) * (HEIGHT - 6)).toFixed(1)}`);
    document.querySelector("#speed .line").setAttribute("d", points.length > 1 ? `M${points.join("L")}` : "");
    document.querySelector("#speed .under").setAttribute(
      "d", points.length > 1 ? `M${x(0).toFixed(1)},${HEIGHT}L${points.join("L")}L${WIDTH},${HEIGHT}Z` : "");
    shown("peak").textContent = most > 1 ? `at most ${most.toFixed(0)}/s` : "";
    const latest = now ?? found.at(-1) ?? 0;
    shown("speed").textContent = latest >= 10 || latest === 0 ? latest.toFixed(0) : latest.toFixed(1);
  };

  let timer = 0, asking = null;
  const look = async () => {
    const mine = (asking = new AbortController());
    let next = EVERY_MS;
    try {
      const answer = await fetch("status.json", { signal: mine.signal, cache: "no-store" });
      if (!answer.ok) throw new Error(answer.statusText);
      const numbers = await answer.json();
      show(numbers);
      remember(numbers.uptime_s, numbers.tokens.new);
      draw(numbers.tokens.per_s);
      told.textContent = "Counted since Retort was started; nobody’s words are here.";
      told.classList.remove("warns");
    } catch {
      if (mine.signal.aborted) return;
      told.textContent = "Retort does not answer; asking again every few seconds.";
      told.classList.add("warns");
      next = AFTER_FAILURE_MS;
    }
    if (!mine.signal.aborted) timer = setTimeout(look, next);
  };
  const watch = () => {
    clearTimeout(timer);
    asking?.abort();
    if (!document.hidden) look();
  };
  document.addEventListener("visibilitychange", watch);
  watch();
})();
