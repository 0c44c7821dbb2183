// The page of the instructions: shows those that hold, keeps what is written, takes ours again.
(() => {
  const text = document.querySelector("#text"), told = document.querySelector("#told"), length = document.querySelector("#length");
  const save = document.querySelector("#save"), reset = document.querySelector("#reset");
  let held = null;

  const say = (words, warns = false) => {
    told.textContent = words;
    told.classList.toggle("warns", warns);
  };
  const count = (number) => number.toLocaleString("en");
  const weigh = () => {
    if (!held) return;
    const written = text.value.trim();
    length.textContent = `${count(written.length)} of ${count(held.most)} characters at most`;
    length.classList.toggle("warns", written.length > held.most);
    save.disabled = held.is_locked || !written || written === held.text || written.length > held.most;
    reset.disabled = held.is_locked || !held.is_edited;
  };
  const show = (now) => {
    held = now;
    text.value = now.text;
    text.disabled = now.is_locked;
    const list = document.querySelector("#differs");
    list.hidden = !now.differs.length;
    list.querySelector("ul").replaceChildren(...now.differs.map((line) => {
      const item = document.createElement("li"), change = document.createElement(line.startsWith("+") ? "ins" : "del");
      change.textContent = `${line.startsWith("+") ? "+" : "−"} ${line.slice(2)}`;
      item.append(change);
      return item;
    }));
    document.querySelector("#others").replaceChildren(...now.others.map((other) => {
      const paragraph = document.createElement("p");
      paragraph.textContent = other;
      return paragraph;
    }));
    weigh();
  };
  const ask = async (method, words, body) => {
    let answer;
    try {
      answer = await fetch("prompt.json", {
        method, cache: "no-store", ...(body && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
      });
    } catch {
      return say("Retort does not answer; what you wrote is still here.", true);
    }
    if (!answer.ok) {
      if (!held) reset.disabled = false;  // a file that cannot be read is mended by taking ours
      return say(await answer.text(), true);
    }
    const now = await answer.json();
    show(now);
    const state = now.is_edited ? "These are your own, kept as prompt.md in Retort’s folder." : "These are ours.";
    say(now.is_locked ? "They were chosen where Retort was started, and cannot be changed here." : `${words}${state}`);
  };

  text.addEventListener("input", weigh);
  save.addEventListener("click", () => ask("PUT", "Saved. ", { text: text.value }));
  reset.addEventListener("click", () => ask("DELETE", ""));
  ask("GET", "");

  const sha256 = new URLSearchParams(window.location.search).get("of");
  if (/^[0-9a-f]{64}$/.test(sha256 ?? "")) {
    fetch(`prompts/${sha256}`).then(async (answer) => {
      if (!answer.ok) return;
      document.querySelector("#earlier pre").textContent = await answer.text();
      document.querySelector("#earlier").hidden = false;
    });
  }
})();
