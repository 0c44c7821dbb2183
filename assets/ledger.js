// The ledger page: asks for the newest requests while it is looked at, and for earlier ones when that is wanted.
(() => {
  const EVERY_MS = 2000;
  const told = document.querySelector("#told"), list = document.querySelector("#sent ol");
  const earlier = document.querySelector("#earlier"), copied = document.querySelector("#copy");
  const shown = new Map();  // the entries by their numbers

  const made = (name, text, className = "") => {
    const element = document.createElement(name);
    element.textContent = text;
    if (className) element.className = className;
    return element;
  };
  const at = (moment) => new Date(moment).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" });
  const size = (bytes) => {
    if (bytes < 1000) return `${bytes} bytes`;
    return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
  };
  const ended = ({ ended_at, status, received_bytes, problem }) => {
    if (!ended_at) return "no end of it is known";
    const answer = status === null ? "no answer" : `answered ${status}, ${size(received_bytes)}`;
    return problem ? `${answer}: ${problem}` : answer;
  };

  const entry = (request) => {
    const item = document.createElement("li");
    item.value = request.number;
    const head = made("p", "", "head");
    head.append(made("b", request.host), made("span", `${request.number.toLocaleString("en")} · ${at(request.sent_at)}`, "quiet"));
    const address = made("p", "");
    address.append(made("code", `${request.method} ${request.url}`));
    const foot = made("p", `${request.tool}, for `, "quiet");
    const whence = request.for.href ? made("a", request.for.words) : made("span", request.for.words);
    if (request.for.href) whence.href = request.for.href;
    foot.append(whence, ` · ${ended(request)}`);
    item.append(head, address, ...(request.body ? [made("pre", request.body)] : []), foot);
    return item;
  };

  const showAllowed = (allowed, mayRevoke) => {
    const section = document.querySelector("#allowed");
    section.hidden = !allowed.length;
    section.querySelector("ul").replaceChildren(...allowed.map(({ host, since }) => {
      const item = document.createElement("li");
      item.append(made("b", host), made("span", `since ${at(since)}`, "quiet"));
      if (mayRevoke) {
        const button = made("button", "Ask again from now on");
        button.setAttribute("aria-label", `No longer always allow ${host}`);
        button.addEventListener("click", async () => {
          button.disabled = true;
          await fetch(`ledger/allowed/${encodeURIComponent(host)}`, { method: "DELETE" });
          look();
        });
        item.append(button);
      }
      return item;
    }));
  };

  let allowedNow = "";
  const show = ({ count, entries, allowed, may_revoke }) => {
    for (const request of entries) {
      const known = shown.get(request.number), now = JSON.stringify(request);
      if (known?.told === now) continue;
      const item = entry(request);
      if (known) known.item.replaceWith(item);
      else {
        const after = [...list.children].find((other) => other.value < request.number);
        list.insertBefore(item, after ?? null);
      }
      shown.set(request.number, { item, told: now });
    }
    if (JSON.stringify([allowed, may_revoke]) !== allowedNow) {  // left alone while it is the same: a button may have the focus
      allowedNow = JSON.stringify([allowed, may_revoke]);
      showAllowed(allowed, may_revoke);
    }
    document.querySelector("#sent").hidden = !count;
    earlier.hidden = shown.size >= count;
    told.textContent = count
      ? `${count.toLocaleString("en")} request${count === 1 ? "" : "s"} since the beginning; ${shown.size.toLocaleString("en")} shown.`
      : "Nothing has left this machine. A lookup asks before it does, and is listed here.";
    told.classList.remove("warns");
  };

  let timer = 0;
  const get = async (address) => {
    const answer = await fetch(address, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  };
  const look = async () => {
    clearTimeout(timer);
    try {
      const newest = await get("ledger.json");
      if (shown.size && !newest.entries.some(({ number }) => shown.has(number))) {  // so many came that some are between
        shown.clear();
        list.replaceChildren();
      }
      show(newest);
    } catch {
      told.textContent = "Retort does not answer; asking again every few seconds.";
      told.classList.add("warns");
    }
    if (!document.hidden) timer = setTimeout(look, EVERY_MS);
  };
  earlier.addEventListener("click", async () => {
    earlier.disabled = true;
    try {
      show(await get(`ledger.json?before=${Math.min(...shown.keys())}`));
    } finally {
      earlier.disabled = false;
    }
  });
  copied.addEventListener("click", async () => {
    const name = copied.textContent;
    try {
      await navigator.clipboard.writeText(await (await fetch("ledger.csv")).text());
      copied.textContent = "Copied";
    } catch {
      copied.textContent = "Not allowed to copy here";  // a page that is neither https nor localhost has no clipboard
    }
    setTimeout(() => (copied.textContent = name), 1500);
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : look()));
  look();
})();
