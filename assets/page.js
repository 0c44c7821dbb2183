// The page's own script: buttons inside the chat and the list become actions of the server, and the scroll follows the text.
(() => {
  const retort = (window.retort = { pressed: [] });
  const NARROW = window.matchMedia("(max-width: 900px)");

  retort.remember = (id) => {
    const address = new URL(window.location);
    id ? address.searchParams.set("c", id) : address.searchParams.delete("c");
    address.searchParams.delete("call");
    window.history.replaceState(null, "", address);
  };

  // What was chosen under "How it answers", as JSON: only fields that hold something, and numbers that are in range.
  const fields = () => [...document.querySelectorAll("#choices [name]")];
  retort.choices = () => {
    const chosen = {};
    for (const field of fields()) {
      if (field.type === "checkbox") chosen[field.name] = field.checked;
      else if (field.value && field.checkValidity()) chosen[field.name] = field.type === "number" ? Number(field.value) : field.value;
    }
    return JSON.stringify(chosen);
  };
  const keepChoices = () => {
    try { localStorage.setItem("retort-choices", retort.choices()); } catch { /* private windows have none */ }
  };
  let restored = false;
  const restoreChoices = () => {
    if (restored || !fields().length) return;  // they come with the page, some time after this script
    restored = true;
    let kept = {};
    try { kept = JSON.parse(localStorage.getItem("retort-choices") || "{}"); } catch { /* as above */ }
    for (const field of fields()) {
      if (!(field.name in kept)) continue;
      if (field.type === "checkbox") field.checked = kept[field.name];
      else field.value = kept[field.name];
    }
  };

  const send = (data) => {
    retort.pressed.push(JSON.stringify(data));
    document.querySelector("#act")?.click();
  };

  // A text for the composer, which a person may send: what a viewer's selection asks.
  retort.compose = (text) => {
    send({ action: "compose", text });
    document.querySelector("#composer textarea")?.focus();
  };

  const copy = async (button) => {
    const name = button.textContent;
    try {
      await navigator.clipboard.writeText(button.dataset.text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not allowed to copy here";  // a page that is neither https nor localhost has no clipboard
    }
    setTimeout(() => (button.textContent = name), 1500);
  };

  const setTheme = (dark) => {
    document.body.classList.toggle("dark", dark);
    try { localStorage.setItem("retort-theme", dark ? "dark" : "light"); } catch { /* private windows have none */ }
  };

  // How the model read a question, in a dialog that Escape or a click beside it closes.
  const showTokens = async (id) => {
    const conversation = new URLSearchParams(window.location.search).get("c");
    const answer = await fetch(`tokens/${conversation}/${id}`);
    const dialog = document.createElement("dialog");
    dialog.id = "tokens";
    if (answer.ok) dialog.innerHTML = await answer.text();
    else dialog.textContent = await answer.text();
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  };

  // The list of conversations stands beside the page where there is room, and over it when asked for elsewhere.
  const toggleSidebar = () => document.body.classList.toggle(NARROW.matches ? "sidebar-over" : "sidebar-away");
  const closeOver = () => document.body.classList.remove("sidebar-over");

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("#sidebar, #sidebar-button") || event.target.closest("#new-chat")) closeOver();
    const button = event.target.closest?.("[data-action]");
    if (!button) return;
    const { action, id } = button.dataset;
    const text = button.dataset.text ?? (action === "load" ? document.querySelector("#model-choice input").value : undefined);
    if (action === "copy") return copy(button);
    if (action === "tokens") return showTokens(id);
    if (action === "over") {
      followQuestion();
      const tool = button.closest(".offers").querySelector("select").value;
      return send({ action: "ask", text: `Run ${tool} over each record of ${id}` });
    }
    if (action === "permit") for (const other of button.closest(".decide").children) other.disabled = true;  // once is enough
    if (action === "theme") return setTheme(!document.body.classList.contains("dark"));
    if (action === "sidebar") return toggleSidebar();
    if (action === "delete" && !window.confirm("Delete this conversation for good?")) return;
    if (["ask", "open", "retry", "correct"].includes(action)) followQuestion();
    if (action === "open") closeOver();
    send({ action, id, text });
    if (action === "edit" || action === "undo" || action === "compose") document.querySelector("#composer textarea")?.focus();
  });

  document.addEventListener("change", (event) => {
    if (!event.target.closest?.("#choices")) return;
    keepChoices();
    tellCost();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
      if (document.body.classList.contains("sidebar-over")) return closeOver();
      document.querySelector("#composer .stop-button")?.click();
    }
    if (event.key === "Enter" && event.target.closest?.("#composer")) followQuestion();
  });

  // What the pictures and videos in the composer will cost, as the server counts it; nothing for a model that sees none.
  let counted = "";
  const tellCost = async () => {
    const line = document.querySelector("#cost p");
    if (!line) return;
    const files = [...document.querySelectorAll("#composer .thumbnail-item")];
    const pictures = files.map((file) => file.querySelector("img")).filter((picture) => picture?.naturalWidth);
    const { image_tiles: tiles, video_frames: frames = 8 } = JSON.parse(retort.choices());
    const asked = new URLSearchParams({
      pictures: pictures.map((picture) => `${picture.naturalWidth}x${picture.naturalHeight}`).join(),
      videos: files.filter((file) => file.querySelector(".feather-video")).map(() => frames).join(),
      ...(tiles && { tiles }),
    }).toString();
    if (asked === counted) return;
    counted = asked;
    const { tokens } = files.length ? await (await fetch(`cost?${asked}`)).json() : {};
    if (asked !== counted) return;  // more was attached meanwhile
    line.hidden = !tokens;
    line.textContent = tokens ? `What is attached takes ${tokens.toLocaleString("en")} tokens.` : "";
  };
  document.addEventListener("load", (event) => { if (event.target.closest?.("#composer")) tellCost(); }, true);

  // The growing answer is followed until its question stands at the top of the window, so that what is being read stays
  // where it is; who scrolls to the end is kept at the end, and who scrolls anywhere else is left alone.
  let following = "question";
  let placed = 0;
  // The card of a call to which an address leads, as those of the ledger do, is shown instead.
  let sought = new URLSearchParams(window.location.search).get("call");
  const followQuestion = () => { [following, sought] = ["question", null]; };
  const end = () => document.documentElement.scrollHeight - window.innerHeight;
  window.addEventListener("scroll", () => {
    if (Math.abs(window.scrollY - placed) < 2) return;  // our own scrolling, told late
    following = window.scrollY >= end() - 40 ? "end" : "";
    placed = window.scrollY;
  }, { passive: true });
  const follow = () => {
    const card = sought && document.querySelector(`#chat [data-call="${CSS.escape(sought)}"]`);
    const question = card || [...document.querySelectorAll("#chat .question")].at(-1);
    if (!following || !question) return;
    const top = question.getBoundingClientRect().top + window.scrollY - 16;
    placed = Math.max(0, following === "end" ? end() : Math.min(end(), top));
    window.scrollTo({ top: placed });
  };

  // Gradio runs this script when the page has long been loaded.
  try {
    const kept = localStorage.getItem("retort-theme");
    if (kept) document.body.classList.toggle("dark", kept === "dark");
  } catch { /* as above */ }
  // Gradio replaces its elements as it likes, so the whole page is watched; one look a frame.
  let due = false;
  new MutationObserver(() => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => { due = false; restoreChoices(); tellCost(); follow(); });
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
})();
