// The viewer of sequences and alignments: only the lines in sight are elements, so that 100,000 residues scroll as 100 do.
// It lives in the shadow of the element that holds the letters, which stay there for paper and for pages without a script;
// what changes in a shadow is no change of the page for those who watch the page.
(() => {
  const kit = window.retortSequence;
  const HEIGHT = 31;  // em of the letters
  const SEEN_AHEAD = 300;  // px above and below what is in sight
  const MOST_HITS = 5000;
  const MOST_ASKED = 5000;  // letters of one question
  const MOST_PRINTED = 100_000;
  const TAPS = window.matchMedia("(hover: none)");
  const TAP_HINT = "or tap the first and the last letter";
  const KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];

  // What was looked at, by the name and the ends of its sequence: Gradio makes elements anew when an answer is complete.
  const kept = new Map();
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(document.getElementById("sequence-style").textContent);

  const legendOf = (kind) => {
    const protein = kind.alphabet === "protein";
    const items = kit.groupsOf(kind.alphabet).map(([name, letters], group) =>
      `<span class="${(protein ? "r" : "b") + group}" title="${[...letters].join(" ")}">${name}</span>`);
    return `<label><input type="checkbox" class="in-colour" checked> ${protein ? "Clustal X colours" : "Colours"}</label>` +
      `<span class="groups">${items.join(" ")}</span>`;
  };
  const fieldOf = (kind, end) => `<input class="${end}" type="number" min="1" max="${kind.limit}" inputmode="numeric" placeholder="${end}" aria-label="Select ${end} ${kind.unit}">`;
  const toolsOf = (kind) => `
    <div class="bar selecting">
      <span class="field">${kind.hasGaps ? "Columns" : "Select"} ${fieldOf(kind, "from")}–${fieldOf(kind, "to")}</span>
      <span class="selected" role="status"></span>
      <span class="doing" hidden><button class="copy">Copy</button>${
        kind.hasGaps ? '<label><input type="checkbox" class="gaps" checked> with gaps</label>' : ""
      }<button class="ask">Ask about it</button></span>
    </div>
    <div class="bar">
      <span class="field">Find <input class="motif" type="text" spellcheck="false" autocomplete="off" autocapitalize="off"
        placeholder="${kind.alphabet === "protein" ? "motif, X for any" : "motif, IUPAC codes"}" aria-label="Find a motif">
        <span class="hits" role="status"></span><button class="before" title="The one before" hidden>‹</button><button class="next" title="The next one" hidden>›</button></span>
      ${kind.hasGaps ? `<span class="explained">${kit.escape(kind.legend)}</span>` : ""}
      <span class="legend">${legendOf(kind)}${kind.hasStrands ? '<label><input type="checkbox" class="both" checked> Both strands</label>' : ""}${
        kind.hasStrands ? "<span>(5′→3′ above, 3′→5′ below)</span>" : ""}</span>
    </div>`;

  class Viewer {
    constructor(host) {
      this.kind = host.classList.contains("aligned") ? new kit.Alignment(host) : new kit.Strands(host);
      this.selection = null;
      this.hits = [];
      this.lines = new Map();
      this.root = host.attachShadow({ mode: "open" });
      this.root.adoptedStyleSheets = [sheet];
      this.root.innerHTML = `<div class="viewer${this.kind.hasGaps ? " aligned" : ""}">
        <div class="scroller" tabindex="0" role="group"><div class="letters"><span class="probe" aria-hidden="true">${"0".repeat(100)}</span></div></div>
        ${toolsOf(this.kind)}</div><pre class="printed"></pre><slot></slot>`;
      this.viewer = this.root.querySelector(".viewer");
      this.scroller = this.root.querySelector(".scroller");
      this.letters = this.root.querySelector(".letters");
      this.scroller.setAttribute("aria-label", `${host.getAttribute("aria-label")}. Shift and the arrow keys select.`);
      host.removeAttribute("tabindex");
      host.removeAttribute("role");
      this.#listen();
      this.key = [host.getAttribute("aria-label"), host.textContent.slice(0, 60), host.textContent.slice(-60)].join();
      const { motif = "", selection = null, ends } = kept.get(this.key) ?? {};
      this.#get(".motif").value = motif;
      if (motif) this.find();
      this.select(selection, ends);
      new ResizeObserver(() => this.wrap()).observe(this.scroller);
    }
    #get(name) { return this.root.querySelector(name); }

    // Lines are broken anew where the width has changed; what stood at the top stays there.
    wrap(anew = false) {
      const style = getComputedStyle(this.scroller);
      const width = this.scroller.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      const letter = this.#get(".probe").getBoundingClientRect().width / 100;
      if (!letter || width <= 0 || (!anew && width === this.width && letter === this.letter)) return;
      Object.assign(this, { width, letter });
      const em = parseFloat(style.fontSize);
      const size = { letter, width, row: Math.round(em * 1.4), lane: Math.round(em * 1.3), gap: Math.round(em * 0.75), bars: Math.round(em * 1.8) };
      const { kind, scroller } = this;
      const first = kind.count ? kind.firstOf(kind.lineAt(scroller.scrollTop)) : 1;
      const gutter = kind.gutterWidth(size);
      kind.wrap(kind.columnsIn(width - gutter, size), size);
      this.viewer.style.setProperty("--gutter", `${gutter}px`);
      this.viewer.style.setProperty("--row", `${size.row}px`);
      this.viewer.style.setProperty("--lane", `${size.lane}px`);
      this.letters.style.height = `${kind.total - size.gap}px`;
      const box = Math.min(HEIGHT * em, window.innerHeight * 0.72);
      scroller.style.maxHeight = `${kind.total < box * 1.3 ? kind.total : box}px`;  // no scrolling for the sake of two lines
      this.viewer.classList.toggle("scrolls", scroller.scrollHeight > scroller.clientHeight + 1);
      for (const line of this.lines.values()) line.remove();
      this.lines.clear();
      const place = this.wrapped ? first : (kept.get(this.key)?.first ?? 1);
      this.wrapped = true;
      if (place > 1) scroller.scrollTop = kind.top(kind.lineOf({ at: place }));
      this.render();
    }

    render() {
      const { kind, scroller, lines } = this;
      if (!kind.count) return;
      this.#keep();
      const from = kind.lineAt(scroller.scrollTop - SEEN_AHEAD);
      const to = kind.lineAt(scroller.scrollTop + scroller.clientHeight + SEEN_AHEAD);
      for (const [index, line] of lines) {
        if (index < from || index > to) {
          line.remove();
          lines.delete(index);
        }
      }
      for (let index = from; index <= to; index += 1) {
        if (lines.has(index)) continue;
        const line = document.createElement("div");
        line.className = "line";
        line.style.top = `${kind.top(index)}px`;
        line.innerHTML = `<div class="marks">${kind.marks(index, this.selection, this.#hitsNear(index))}</div>${kind.line(index)}`;
        const next = lines.get(index + 1);
        if (next) next.before(line);  // in reading order, for who hears them
        else this.letters.append(line);
        lines.set(index, line);
      }
    }
    #keep() {
      const { kind, scroller, selection, anchor, spot } = this;
      const first = kind.count ? kind.firstOf(kind.lineAt(scroller.scrollTop)) : 1;
      kept.set(this.key, { first, selection, ends: selection && [anchor, spot], motif: this.#get(".motif").value });
    }
    #hitsNear(index) {
      const from = this.kind.firstOf(index), to = from + this.kind.columns - 1;
      return this.hits.filter((hit) => (hit.from <= hit.to ? hit.from <= to && hit.to >= from : hit.from <= to || hit.to >= from));
    }
    #mark() {
      for (const [index, line] of this.lines) line.firstChild.innerHTML = this.kind.marks(index, this.selection, this.#hitsNear(index));
    }

    select(selection, ends = selection && this.kind.ends(selection)) {
      const { kind } = this;
      this.selection = selection;
      [this.anchor, this.spot] = ends ?? [null, null];
      this.#get(".selected").textContent = selection ? kind.described(selection) : TAPS.matches ? TAP_HINT : kind.hint;
      this.#get(".doing").hidden = !selection;
      const ask = this.#get(".ask");
      ask.hidden = !window.retort?.compose;
      ask.disabled = Boolean(selection) && selection.to - selection.from >= MOST_ASKED;
      ask.title = ask.disabled ? `At most ${kit.number(MOST_ASKED)} letters can be asked about` : "Puts a question into the composer";
      for (const end of ["from", "to"]) {
        const field = this.#get(`.${end}`);
        if (field !== this.root.activeElement) field.value = selection ? selection[end] : "";
      }
      if (this.wrapped) this.#keep();
      this.#mark();
    }
    show(spot) {
      const { kind, scroller } = this;
      if (!kind.count) return;
      const top = kind.top(kind.lineOf(spot)), bottom = top + kind.size.row * 2;
      if (top < scroller.scrollTop) scroller.scrollTop = Math.max(0, top - kind.size.gap);
      else if (bottom > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = bottom - scroller.clientHeight + kind.size.row * 2;
    }
    choose(selection) {
      this.select(selection);
      this.show(this.anchor);
    }

    #spotAt(event) {
      const { kind, letters } = this;
      const box = letters.getBoundingClientRect();
      const y = event.clientY - box.top;
      const line = kind.lineAt(y);
      return { ...kind.spotAt(line, event.clientX - box.left, y), isOnLetters: kind.isOnLetters(line, y) };
    }

    #listen() {
      const { scroller, kind } = this;
      let due = false;
      scroller.addEventListener("scroll", () => {
        if (due) return;
        due = true;
        requestAnimationFrame(() => { due = false; this.render(); });
      }, { passive: true });
      this.#listenToPointer();
      scroller.addEventListener("keydown", (event) => this.#key(event));
      this.root.addEventListener("copy", (event) => {
        if (!this.selection || event.target.tagName === "INPUT") return;
        event.clipboardData.setData("text/plain", this.#copied());
        event.preventDefault();
      });
      this.#get(".copy").addEventListener("click", (event) => this.#copy(event.target));
      this.#get(".ask").addEventListener("click", () => window.retort.compose(kind.question(this.selection)));
      for (const name of [".from", ".to"]) this.#get(name).addEventListener("change", () => this.#selectNumbers());
      this.#get(".in-colour").addEventListener("change", (event) => this.viewer.classList.toggle("plain", !event.target.checked));
      this.#get(".both")?.addEventListener("change", (event) => { kind.both = event.target.checked; this.wrap(true); });
      this.#listenToMotif();
      kind.features.forEach(({ item }, index) => {
        item.tabIndex = 0;
        item.setAttribute("role", "button");
        const choose = () => this.choose(kind.ofFeature(index));
        item.addEventListener("click", choose);
        item.addEventListener("keydown", (event) => { if (event.key === "Enter") choose(); });
      });
    }

    print() {
      const fits = this.kind.length * (this.kind.rows?.length ?? 1) <= MOST_PRINTED;
      this.#get(".printed").textContent = fits ? this.kind.printed() : "";
      this.viewer.classList.toggle("in-print", fits);
    }

    // A mouse or a pen drags; a finger scrolls, so a tap begins and the next one ends.
    #listenToPointer() {
      const { scroller, letters, kind } = this;
      let drags = false, tapped = false;
      letters.addEventListener("pointerdown", (event) => {
        tapped = event.pointerType === "touch";
        if (tapped || event.button !== 0 || event.target.closest(".lane")) return;
        const spot = this.#spotAt(event);
        if (!spot.isOnLetters) return this.select(null);
        const anchor = event.shiftKey && this.anchor ? this.anchor : spot;
        drags = true;
        letters.setPointerCapture(event.pointerId);
        this.select(kind.between(anchor, spot), [anchor, spot]);
      });
      letters.addEventListener("pointermove", (event) => {
        if (!drags) return;
        const box = scroller.getBoundingClientRect();
        if (event.clientY > box.bottom - 12) scroller.scrollTop += kind.size.row;
        if (event.clientY < box.top + 12) scroller.scrollTop -= kind.size.row;
        const spot = this.#spotAt(event);
        this.select(kind.between(this.anchor, spot), [this.anchor, spot]);
      });
      for (const end of ["pointerup", "pointercancel"]) letters.addEventListener(end, () => { drags = false; });
      letters.addEventListener("click", (event) => {
        const lane = event.target.closest(".lane");
        if (lane) return this.select(kind.ofFeature(Number(lane.dataset.feature)));
        if (!tapped) return;
        const spot = this.#spotAt(event);
        if (!spot.isOnLetters) return this.select(null);
        const isOne = this.selection && this.selection.from === this.selection.to;
        this.select(isOne ? kind.between(this.anchor, spot) : kind.between(spot, spot), isOne ? [this.anchor, spot] : [spot, spot]);
        if (!isOne) this.#get(".selected").textContent += ". Tap another to select up to it.";
      });
    }

    #key(event) {
      const { kind, scroller } = this;
      if (event.key === "Escape" && this.selection) {
        event.stopPropagation();
        return this.select(null);
      }
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") {
        event.preventDefault();
        return this.select(kind.whole());
      }
      if (!event.shiftKey || !KEYS.includes(event.key)) return;
      event.preventDefault();
      if (!this.spot) {
        const first = kind.firstOf(kind.lineAt(scroller.scrollTop));
        const [spot] = kind.ends(kind.numbered(first, first));
        return this.select(kind.between(spot, spot), [spot, spot]);
      }
      const spot = kind.moved(this.spot, event.key);
      this.select(kind.between(this.anchor, spot), [this.anchor, spot]);
      this.show(spot);
    }

    #selectNumbers() {
      const [from, to] = [".from", ".to"].map((name) => this.#get(name));
      if (!from.value && !to.value) return this.select(null);
      const within = (value) => Math.max(1, Math.min(this.kind.limit, Math.round(value)));
      const one = within(Number(from.value || to.value)), other = within(Number(to.value || from.value));
      const empty = [from, to].find((field) => !field.value);
      this.choose(this.kind.numbered(Math.min(one, other), Math.max(one, other)));
      if (empty) empty.value = "";  // it is being written
      else [from.value, to.value] = [Math.min(one, other), Math.max(one, other)];
    }

    #listenToMotif() {
      const [motif, hits, before, next] = [".motif", ".hits", ".before", ".next"].map((name) => this.#get(name));
      let waiting = 0, place = -1;
      this.find = () => {
        const wanted = motif.value.replace(/[\s-]/g, "");
        this.hits = wanted ? this.kind.find(wanted, MOST_HITS) : [];
        place = -1;
        before.hidden = next.hidden = !this.hits.length;
        hits.textContent = wanted && !this.hits.length ? "not found" : `${kit.number(this.hits.length)} found`;
        if (!wanted) hits.textContent = "";
      };
      const go = (step) => {
        if (!this.hits.length) return;
        place = (place + step + this.hits.length) % this.hits.length;
        this.choose(this.hits[place]);
        hits.textContent = `${place + 1} of ${kit.number(this.hits.length)}${this.hits.length === MOST_HITS ? " and more" : ""}`;
      };
      const find = () => {
        this.find();
        if (this.hits.length) go(1);
        else this.select(null);
      };
      motif.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(find, 150); });
      motif.addEventListener("keydown", (event) => { if (event.key === "Enter") go(event.shiftKey ? -1 : 1); });
      before.addEventListener("click", () => go(-1));
      next.addEventListener("click", () => go(1));
    }

    #copied() { return this.kind.text(this.selection, this.#get(".gaps")?.checked ?? true); }
    async #copy(button) {
      let done = true;
      try {
        await navigator.clipboard.writeText(this.#copied());
      } catch {
        this.scroller.focus();
        done = document.execCommand("copy");  // where a page has no clipboard: the listener above answers
      }
      button.textContent = done ? "Copied" : "Not allowed to copy here";
      setTimeout(() => (button.textContent = "Copy"), 1500);
    }
  }

  const viewers = new WeakMap();
  const hosts = () => document.querySelectorAll(".view .residues[data-alphabet]");
  const enhance = () => {
    for (const host of hosts()) if (!host.shadowRoot) viewers.set(host, new Viewer(host));
  };
  window.addEventListener("beforeprint", () => { for (const host of hosts()) viewers.get(host)?.print(); });
  let due = false;
  const watch = () => {
    enhance();
    new MutationObserver(() => {
      if (due) return;
      due = true;
      requestAnimationFrame(() => { due = false; enhance(); });
    }).observe(document.body, { childList: true, subtree: true });
  };
  if (document.body) watch();
  else document.addEventListener("DOMContentLoaded", watch);
})();
