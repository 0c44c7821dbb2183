// For each page beside the chat: the theme that was chosen there, else the machine's.
(() => {
  const darkly = window.matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    let chosen = null;
    try { chosen = localStorage.getItem("retort-theme"); } catch { /* private windows have none */ }
    document.body.classList.toggle("dark", chosen ? chosen === "dark" : darkly.matches);
  };
  darkly.addEventListener("change", paint);
  window.addEventListener("storage", paint);
  paint();
})();
