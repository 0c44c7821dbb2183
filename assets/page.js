// The page's own script: buttons inside the chat and the list become actions of the server, and the scroll follows the text.
(() => {
  const retort = (window.retort = { pressed: "" });

  retort.remember = (id) => {
    const address = new URL(window.location);
    id ? address.searchParams.set("c", id) : address.searchParams.delete("c");
    window.history.replaceState(null, "", address);
  };

  const send = (data) => {
    retort.pressed = JSON.stringify(data);
    document.querySelector("#act")?.click();
  };

  const copy = (button) => {
    const answer = button.closest(".bot, [class*='bot']") || button.closest(".message-row") || document.querySelector("#chat");
    const own = answer.cloneNode(true);
    own.querySelectorAll(".answer-actions, iframe, svg, .unchecked").forEach((node) => node.remove());
    navigator.clipboard?.writeText(own.textContent.replace(/\n{3,}/g, "\n\n").trim());
    const name = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = name), 1200);
  };

  const setTheme = (dark) => {
    document.body.classList.toggle("dark", dark);
    try { localStorage.setItem("retort-theme", dark ? "dark" : "light"); } catch { /* private windows have none */ }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-action]");
    if (!button) return;
    const { action, id, text } = button.dataset;
    if (action === "copy") return copy(button);
    if (action === "theme") return setTheme(!document.body.classList.contains("dark"));
    if (action === "delete" && !window.confirm("Delete this conversation for good?")) return;
    if (action === "ask") following = true;
    send({ action, id, text });
    if (action === "edit") document.querySelector("#composer textarea")?.focus();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.querySelector("#composer .stop-button")?.click();
    if (event.key === "Enter" && event.target.closest?.("#composer")) following = true;
  });

  // Follow the growing answer only while the reader is at its end.
  let following = true;
  const atEnd = () => window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 120;
  window.addEventListener("wheel", () => requestAnimationFrame(() => (following = atEnd())), { passive: true });
  window.addEventListener("touchmove", () => requestAnimationFrame(() => (following = atEnd())), { passive: true });
  const follow = () => following && window.scrollTo({ top: document.documentElement.scrollHeight });
  window.addEventListener("load", () => {
    try {
      const kept = localStorage.getItem("retort-theme");
      if (kept) document.body.classList.toggle("dark", kept === "dark");
    } catch { /* as above */ }
    const watch = () => {
      const chat = document.querySelector("#chat");
      if (!chat) return setTimeout(watch, 100);
      let due = false;
      new MutationObserver(() => {
        if (due) return;
        due = true;
        requestAnimationFrame(() => { due = false; follow(); });
      }).observe(chat, { childList: true, subtree: true, characterData: true });
    };
    watch();
  });
})();
