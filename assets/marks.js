// What was checked of an answer: a mark opens beside itself what its entry under the answer says, with a drawing where a
// structure is meant. A click, Enter or a tap pins it and moves the focus into it; a mouse or the focus on a structure only shows it.
(() => {
  const SHOWN_AFTER_MS = 200, HIDDEN_AFTER_MS = 250, GAP = 6;
  let panel = null;   // what is open
  let anchor = null;  // the mark that it belongs to
  let pinned = false;
  let goingBack = false;
  let timer = 0;
  const drawings = new Map();  // SMILES to a promise of its drawing

  const names = (mark) => [...mark.classList].filter((name) => name.startsWith("mark-"));
  const entries = (mark) => names(mark).map((name) => document.querySelector(`#chat [data-check="${name.slice(5)}"]`)).filter(Boolean);
  const markOf = (target) => target.closest?.("#chat .checked");
  const isMolecule = (mark) => entries(mark).some((entry) => entry.dataset.smiles);

  const drawing = (smiles) => {
    if (!drawings.has(smiles)) {
      const asked = fetch(`drawing?smiles=${encodeURIComponent(smiles)}`).then(async (answer) => {
        if (!answer.ok) throw new Error(await answer.text());
        return new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
      });
      asked.catch(() => drawings.delete(smiles));
      drawings.set(smiles, asked);
    }
    return drawings.get(smiles);
  };

  const place = () => {
    if (!panel || !anchor?.isConnected) return;
    const boxes = anchor.getClientRects(), last = boxes[boxes.length - 1], first = boxes[0];
    if (!last) return;
    const { offsetWidth: width, offsetHeight: height } = panel;
    const left = Math.max(12, Math.min(last.left, document.documentElement.clientWidth - width - 12));
    const below = last.bottom + GAP, above = first.top - GAP - height;
    const top = below + height <= window.innerHeight || above < 0 ? below : above;
    panel.style.left = `${left + window.scrollX}px`;
    panel.style.top = `${top + window.scrollY}px`;
  };

  const draw = async (entry, smiles) => {
    const place_of = document.createElement("div");
    place_of.className = "drawn";
    entry.prepend(place_of);
    try {
      place_of.replaceChildren(document.importNode(await drawing(smiles), true));
    } catch {
      place_of.remove();  // without a drawing the rest still says what was checked
    }
    place();
  };

  const close = (toMark = false) => {
    clearTimeout(timer);
    if (!panel) return;
    const mark = anchor?.isConnected ? anchor : anchor && document.querySelector(`#chat .${names(anchor)[0]}`);
    anchor?.removeAttribute("aria-expanded");
    panel.remove();
    panel = anchor = null;
    pinned = false;
    if (!toMark) return;
    goingBack = true;  // what was closed is not to open again under the focus
    mark?.focus();
    goingBack = false;
  };

  const open = (mark, pin) => {
    clearTimeout(timer);
    if (panel && anchor === mark) {
      pinned ||= pin;
      if (pin) panel.focus();
      return;
    }
    const found = entries(mark);
    if (!found.length) return;
    close();
    anchor = mark;
    pinned = pin;
    panel = document.createElement("div");
    panel.id = "check";
    panel.tabIndex = -1;
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-label", "What was checked");
    for (const entry of found) {
      const copy = entry.cloneNode(true);
      copy.removeAttribute("data-check");
      panel.append(copy);
      if (copy.dataset.smiles) draw(copy, copy.dataset.smiles);
    }
    document.body.append(panel);
    mark.setAttribute("aria-expanded", "true");
    place();
    if (pin) panel.focus({ preventScroll: true });
  };

  const showCard = (name) => {
    const card = document.querySelector(`#chat .tool-card[data-call="${CSS.escape(name)}"]`);
    if (!card) return;
    close();
    card.open = true;
    card.scrollIntoView({ block: "center", behavior: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    card.querySelector("summary")?.focus({ preventScroll: true });
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-card]");
    if (button) return showCard(button.dataset.card);
    if (panel?.contains(event.target)) return;
    const mark = markOf(event.target);
    if (!mark || event.target.closest("a")) return close();
    if (!window.getSelection().isCollapsed) return;  // words are being taken, not opened
    if (pinned && anchor === mark) close();
    else open(mark, true);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel) {
      event.stopPropagation();  // else it would stop the answer
      return close(true);
    }
    if (event.key === "Tab" && panel?.contains(event.target)) {
      const stops = [panel, ...panel.querySelectorAll("button")];
      if (event.target !== (event.shiftKey ? stops[0] : stops[stops.length - 1])) return;
      event.preventDefault();
      return close(true);  // as if the panel stood beside its mark and not at the end of the page
    }
    const mark = markOf(event.target);
    if (!mark || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    open(mark, true);
  }, true);

  document.addEventListener("focusin", (event) => {
    if (goingBack || panel?.contains(event.target)) return;
    const mark = markOf(event.target);
    if (mark && mark.matches(":focus-visible") && isMolecule(mark)) open(mark, false);
    else if (mark !== anchor) close();
  });
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse" || pinned) return;
    if (panel?.contains(event.target)) return clearTimeout(timer);
    const mark = markOf(event.target);
    clearTimeout(timer);
    if (mark && isMolecule(mark)) timer = setTimeout(() => open(mark, false), SHOWN_AFTER_MS);
    else if (panel) timer = setTimeout(close, HIDDEN_AFTER_MS);
  });
  window.addEventListener("resize", place);
})();
