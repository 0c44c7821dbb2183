// The page's own script: buttons inside the chat and the list become actions of the server, and the scroll follows the text.
(() => {
  const retort = (window.retort = { pressed: [] });
  const NARROW = window.matchMedia("(max-width: 900px)");

  retort.remember = (id) => {
    const address = new URL(window.location);
    id ? address.searchParams.set("c", id) : address.searchParams.delete("c");
    window.history.replaceState(null, "", address);
  };

  const send = (data) => {
    retort.pressed.push(JSON.stringify(data));
    document.querySelector("#act")?.click();
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

  // The list of conversations stands beside the page where there is room, and over it when asked for elsewhere.
  const toggleSidebar = () => document.body.classList.toggle(NARROW.matches ? "sidebar-over" : "sidebar-away");
  const closeOver = () => document.body.classList.remove("sidebar-over");

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("#sidebar, #sidebar-button") || event.target.closest("#new-chat")) closeOver();
    const button = event.target.closest?.("[data-action]");
    if (!button) return;
    const { action, id, text } = button.dataset;
    if (action === "copy") return copy(button);
    if (action === "theme") return setTheme(!document.body.classList.contains("dark"));
    if (action === "sidebar") return toggleSidebar();
    if (action === "delete" && !window.confirm("Delete this conversation for good?")) return;
    if (action === "ask" || action === "open" || action === "retry") following = true;
    if (action === "open") closeOver();
    send({ action, id, text });
    if (action === "edit" || action === "undo") document.querySelector("#composer textarea")?.focus();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (document.body.classList.contains("sidebar-over")) return closeOver();
      document.querySelector("#composer .stop-button")?.click();
    }
    if (event.key === "Enter" && event.target.closest?.("#composer")) following = true;
  });

  // Follow the growing answer only while the reader is at its end: going up leaves it, coming back takes it up again.
  let following = true;
  let top = 0;
  const atEnd = () => window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 40;
  window.addEventListener("scroll", () => {
    if (window.scrollY < top - 1 && !atEnd()) following = false;
    else if (atEnd()) following = true;
    top = window.scrollY;
  }, { passive: true });
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
