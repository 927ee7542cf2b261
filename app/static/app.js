// Small comforts for pages that already work without it.
(() => {
  "use strict";

  // A form marked data-once is sent once, however often its button is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-once]")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    window.setTimeout(free, 10000);
    for (const button of form.querySelectorAll("button[type=submit], button:not([type])")) button.setAttribute("aria-disabled", "true");
  });
  const free = () => {
    for (const form of document.querySelectorAll("form[data-once]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
    }
  };
  // Coming back with the back button, or staying because the answer was a file, must find the form usable again.
  window.addEventListener("pageshow", free);

  // The page turns by itself when the state it waits for changes.
  const waiting = document.querySelector("[data-status-url]");
  if (waiting) {
    let pause = 3000;
    const ask = async () => {
      if (!document.hidden) {
        try {
          const answer = await fetch(waiting.dataset.statusUrl, { headers: { Accept: "application/json" }, cache: "no-store" });
          if (answer.ok) {
            const { state } = await answer.json();
            if (state !== waiting.dataset.state) { window.location.reload(); return; }
            pause = 3000;
          } else pause = Math.min(pause * 2, 30000);
        } catch { pause = Math.min(pause * 2, 30000); }
      }
      window.setTimeout(ask, pause);
    };
    window.setTimeout(ask, pause);
  }

  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) break;
    button.hidden = false;
    const words = button.querySelector("span");
    const before = words.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      words.textContent = "คัดลอกแล้ว";
      window.setTimeout(() => { words.textContent = before; }, 2000);
    });
  }

  for (const area of document.querySelectorAll("textarea")) {
    const fit = () => { area.rows = Math.max(3, Math.min(20, area.value.split("\n").length + 1)); };
    area.addEventListener("input", fit);
    fit();
  }

  for (const drop of document.querySelectorAll(".file-drop")) {
    const input = drop.querySelector("input[type=file]");
    for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("is-over"); });
    for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("is-over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  document.querySelector("[data-focus]")?.focus();
})();
