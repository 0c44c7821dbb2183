// A conversation that was exported is taken in again: chosen, or dropped on the list of conversations.
(() => {
  const say = (text) => {
    const line = document.querySelector("#import-status");
    if (line) line.textContent = text;
  };

  const take = async (file) => {
    say(`Importing ${file.name} …`);
    let answer;
    try {
      answer = await fetch("import", { method: "PUT", body: file });
    } catch {
      return say("Retort did not answer; see whether it still runs.");
    }
    if (!answer.ok) return say(await answer.text());
    const { id } = await answer.json();
    say("");
    const open = document.createElement("button");  // pressed as one in the list is
    open.dataset.action = "open";
    open.dataset.id = id;
    document.body.append(open);
    open.click();
    open.remove();
  };

  const choose = () => {
    const field = document.createElement("input");
    field.type = "file";
    field.accept = ".json,application/json";
    field.addEventListener("change", () => { if (field.files.length) take(field.files[0]); });
    field.click();
  };

  document.addEventListener("click", (event) => { if (event.target.closest?.("#import-conversation")) choose(); });

  const over = (event) => event.target.closest?.("#sidebar") && [...(event.dataTransfer?.types ?? [])].includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!over(event)) return;
    event.preventDefault();
    document.body.classList.add("importing");
  });
  document.addEventListener("dragleave", () => document.body.classList.remove("importing"));
  document.addEventListener("drop", (event) => {
    document.body.classList.remove("importing");
    if (!over(event)) return;
    event.preventDefault();
    if (event.dataTransfer.files.length) take(event.dataTransfer.files[0]);
  });
})();
