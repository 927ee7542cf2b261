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

  const main = document.getElementById("content");

  // What a screen reader is told when the page turned by itself. It stands there empty from the start, or it is not heard.
  const news = document.createElement("p");
  news.className = "visually-hidden";
  news.setAttribute("role", "status");
  document.body.append(news);

  // The page turns by itself when the state it waits for changes: its main part is fetched anew and put in place.
  const turn = async () => {
    const answer = await fetch(window.location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    const page = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page && page.getElementById("content");
    if (!fresh) { window.location.reload(); return; }
    const held = main.contains(document.activeElement);
    main.replaceChildren(...fresh.childNodes);
    document.title = page.title;
    if (held) main.focus({ preventScroll: true });
    news.textContent = main.querySelector("h1")?.textContent ?? document.title;
    furnish();
  };
  let pause = 3000;
  const ask = async () => {
    const waiting = main && main.querySelector("[data-status-url]");
    if (!waiting) return;
    if (!document.hidden) {
      try {
        const answer = await fetch(waiting.dataset.statusUrl, { headers: { Accept: "application/json" }, cache: "no-store" });
        if (answer.ok) {
          const { state } = await answer.json();
          if (state !== waiting.dataset.state) await turn();
          pause = 3000;
        } else pause = Math.min(pause * 2, 30000);
      } catch { pause = Math.min(pause * 2, 30000); }
    }
    window.setTimeout(ask, pause);
  };
  window.setTimeout(ask, pause);

  // How long something still serves, counted down to the second.
  const left = (until) => {
    const seconds = Math.floor((new Date(until) - Date.now()) / 1000);
    if (seconds < 0) return "";
    const two = (number) => String(number).padStart(2, "0");
    const days = Math.floor(seconds / 86400);
    const clock = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
    return days ? `${days} วัน ${clock}` : clock;
  };
  window.setInterval(() => {
    for (const place of document.querySelectorAll("[data-until]")) place.textContent = left(place.dataset.until) || "หมดเวลาแล้ว";
  }, 1000);

  // What every part of the page that came just now needs.
  const furnish = () => {
    for (const button of document.querySelectorAll("[data-copy][hidden]")) {
      if (!navigator.clipboard) break;
      button.hidden = false;
      const words = button.querySelector("span");
      const before = words.textContent;
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(button.dataset.copy);
          words.textContent = "คัดลอกแล้ว";
          news.textContent = "คัดลอกแล้ว";
        } catch {
          // Refused by the browser: the words are chosen for the person to copy themselves.
          window.getSelection().selectAllChildren(button.previousElementSibling);
          words.textContent = "เลือกไว้แล้ว กดคัดลอก";
        }
        window.setTimeout(() => {
          words.textContent = before;
          if (news.textContent === "คัดลอกแล้ว") news.textContent = "";
        }, 2000);
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
  };
  furnish();

  document.querySelector("[data-focus]")?.focus();
})();
