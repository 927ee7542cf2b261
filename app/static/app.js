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

  // A group of the menu on a desk closes when one goes elsewhere.
  const closeMenus = (but) => {
    for (const group of document.querySelectorAll(".site-nav details[open]")) if (!group.contains(but)) group.open = false;
  };
  document.addEventListener("click", (event) => closeMenus(event.target));
  document.addEventListener("focusin", (event) => closeMenus(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector(".site-nav details[open]");
    closeMenus(null);
    open?.querySelector("summary").focus();
  });

  const main = document.getElementById("content");

  // What this file says by itself, in the language of the page.
  const isEnglish = document.documentElement.lang === "en";
  const words = isEnglish
    ? { day: "d", over: "Time is up", copied: "Copied", chosen: "Selected: press copy" }
    : { day: "วัน", over: "หมดเวลาแล้ว", copied: "คัดลอกแล้ว", chosen: "เลือกไว้แล้ว กดคัดลอก" };

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
    enhance();
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
    return days ? `${days} ${words.day} ${clock}` : clock;
  };
  window.setInterval(() => {
    for (const place of document.querySelectorAll("[data-until]")) place.textContent = left(place.dataset.until) || words.over;
  }, 1000);

  // What was typed, said back in words as the server says it; nothing where the server would refuse.
  const arabic = (text) => text.replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - 0x0e50)).replaceAll("\u200b", "");
  const digits = ["", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า"];
  const places = ["", "สิบ", "ร้อย", "พัน", "หมื่น", "แสน"];
  const counted = (number) => {
    let words = number >= 1e6 ? `${counted(Math.floor(number / 1e6))}ล้าน` : "";
    for (let place = 5; place >= 0; place--) {
      const digit = Math.floor((number % 1e6) / 10 ** place) % 10;
      if (!digit) continue;
      if (place === 0 && digit === 1 && number > 1) words += "เอ็ด";
      else if (place === 1 && digit < 3) words += digit === 1 ? "สิบ" : "ยี่สิบ";
      else words += digits[digit] + places[place];
    }
    return words;
  };
  const months = ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."];
  const long = ["มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม"];
  const weekdays = ["อาทิตย์", "จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์"];
  const bare = (name) => name.replace(/[. ]/g, "");
  const day = (text) => {
    const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)?.slice(1) ?? /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d\d)$/.exec(text)?.filter((_, at) => at && at !== 2).reverse()
      ?? /^(\d{1,2})\s*([ก-๎. ]+?)\s*(?:พ\.?ศ\.?\s*)?(\d{4}|\d\d)$/.exec(text)?.slice(1).reverse();
    if (!found) return null;
    let [year, month, date] = found;
    const named = [...months, ...long].findIndex((name) => bare(name) === bare(month));
    month = named >= 0 ? named % 12 : Number(month) - 1;
    year = Number(year) + (year.length === 2 ? 2500 : 0);
    if (year > 2400) year -= 543;
    const read = new Date(Date.UTC(year, month, Number(date)));
    const near = found[0].length === 4 || Math.abs(year - new Date().getFullYear()) <= 20;
    return near && year > 1857 && year < 2201 && read.getUTCMonth() === month && read.getUTCDate() === Number(date) ? read : null;
  };
  const understood = {
    baht: (text) => {
      const found = /^฿?\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?\s*(?:฿|บาท)?$/.exec(text);
      if (!found || found[1].length > 15) return "";
      const baht = Number(found[1].replaceAll(",", "")), satang = Number((found[2] ?? "0").padEnd(2, "0"));
      if (isEnglish) return `${(baht + satang / 100).toLocaleString("en", { minimumFractionDigits: satang ? 2 : 0 })} baht`;
      return satang ? `${baht ? `${counted(baht)}บาท` : ""}${counted(satang)}สตางค์` : baht ? `${counted(baht)}บาทถ้วน` : "";
    },
    day: (text) => {
      const read = day(text);
      if (read && isEnglish) return `${read.toLocaleDateString("en", { weekday: "long", timeZone: "UTC" })} ${read.toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" })}`;
      return read ? `วัน${weekdays[read.getUTCDay()]}ที่ ${read.getUTCDate()} ${long[read.getUTCMonth()]} ${read.getUTCFullYear() + 543}` : "";
    },
  };

  // One control for files: the whole area takes a tap or a drop, and names what was chosen.
  const live = (drop) => {
    const input = drop.querySelector("input[type=file]");
    const words = document.createElement("p");
    words.className = "chosen";
    words.setAttribute("aria-hidden", "true");
    drop.prepend(words);
    drop.classList.add("is-live");
    const tell = () => {
      const size = (file) => (file.size < 1e6 ? `${Math.ceil(file.size / 1e3)} KB` : `${(file.size / 1e6).toFixed(1)} MB`);
      const chosen = [...input.files].map((file) => `${file.name} (${size(file)})`).join(", ");
      words.textContent = chosen || drop.dataset.empty;
    };
    tell();
    input.addEventListener("change", tell);
    for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("is-over"); });
    for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("is-over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      input.files = event.dataTransfer.files;
      tell();
    });
  };

  // A form with a file of some size shows how much of it is sent; its answer takes the place of the page.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const files = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
    if (event.defaultPrevented || form.method !== "post" || files.reduce((sum, file) => sum + file.size, 0) < 200_000) return;
    event.preventDefault();
    const bar = document.createElement("progress");
    bar.className = "sending";
    bar.setAttribute("aria-label", "กำลังส่งไฟล์");
    form.append(bar);
    const sending = new XMLHttpRequest();
    sending.upload.addEventListener("progress", ({ loaded, total }) => { if (loaded < total) { bar.max = total; bar.value = loaded; } else bar.removeAttribute("value"); });
    sending.addEventListener("error", () => {
      const failed = document.createElement("p");
      failed.className = "error";
      failed.setAttribute("role", "alert");
      failed.textContent = "ส่งไม่สำเร็จ กรุณาตรวจสัญญาณแล้วกดส่งอีกครั้ง";
      bar.replaceWith(failed);
      free();
    });
    sending.addEventListener("load", () => {
      const page = new DOMParser().parseFromString(sending.responseText, "text/html");
      const fresh = page.getElementById("content");
      if (!fresh) { window.location.assign(sending.responseURL); return; }
      window.history.pushState(null, "", sending.responseURL);
      here = window.location.pathname + window.location.search;
      main.replaceChildren(...fresh.childNodes);
      document.title = page.title;
      enhance();
      window.scrollTo(0, 0);
      (main.querySelector("[data-focus]") ?? main).focus();
    });
    sending.open("POST", form.action);
    sending.send(new FormData(form, event.submitter));
  });
  let here = window.location.pathname + window.location.search;
  window.addEventListener("popstate", () => { if (window.location.pathname + window.location.search !== here) window.location.reload(); });

  // What every part of the page that came just now needs.
  const enhance = () => {
    for (const button of document.querySelectorAll("[data-copy][hidden]")) {
      if (!navigator.clipboard) break;
      button.hidden = false;
      const label = button.querySelector("span");
      const before = label.textContent;
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(button.dataset.copy);
          label.textContent = words.copied;
          news.textContent = words.copied;
        } catch {
          // Refused by the browser: the words are chosen for the person to copy themselves.
          window.getSelection().selectAllChildren(button.previousElementSibling);
          label.textContent = words.chosen;
        }
        window.setTimeout(() => {
          label.textContent = before;
          if (news.textContent === words.copied) news.textContent = "";
        }, 2000);
      });
    }

    for (const button of document.querySelectorAll("[data-share][hidden]")) {
      if (!navigator.share) break;
      button.hidden = false;
      button.addEventListener("click", () => navigator.share({ title: button.dataset.title, url: button.dataset.share }).catch(() => {}));
    }

    // A chip puts its amount into the field, and the button of the form says the amount that stands there.
    for (const chip of document.querySelectorAll("[data-fill]")) {
      const field = document.getElementById(chip.dataset.fill);
      chip.addEventListener("click", (event) => {
        event.preventDefault();
        field.value = chip.dataset.value;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      });
      field.addEventListener("input", () => {
        if (field.value.trim() === chip.dataset.value) chip.setAttribute("aria-current", "true");
        else chip.removeAttribute("aria-current");
      });
    }
    for (const typed of document.querySelectorAll("[data-amount-typed]")) {
      const field = typed.closest("form").querySelector(".input-amount");
      const say = () => {
        const baht = field.value.trim();
        typed.hidden = !/^[0-9][0-9,]*(\.[0-9]{1,2})?$/.test(baht);
        typed.querySelector(".num").textContent = baht;
      };
      field.addEventListener("input", say);
      say();
    }

    for (const area of document.querySelectorAll("textarea")) {
      const fit = () => { area.rows = Math.max(3, Math.min(20, area.value.split("\n").length + 1)); };
      area.addEventListener("input", fit);
      fit();
    }

    for (const asked of document.querySelectorAll(".ask-back:not([data-live])")) {
      asked.dataset.live = "yes";
      asked.addEventListener("toggle", () => { if (asked.open) asked.querySelector("button").focus(); });
      asked.addEventListener("keydown", (event) => { if (event.key === "Escape") { asked.open = false; asked.querySelector("summary").focus(); } });
    }

    for (const drop of document.querySelectorAll(".file-drop:not(.is-live)")) live(drop);

    for (const output of document.querySelectorAll("[data-understood]:not([data-live])")) {
      const input = document.getElementById(output.htmlFor.value);
      if (!input) continue;
      output.dataset.live = "yes";
      let wait;
      input.addEventListener("input", () => {
        window.clearTimeout(wait);
        wait = window.setTimeout(() => { output.textContent = understood[output.dataset.understood](arabic(input.value).trim()); }, 300);
      });
    }

    for (const button of document.querySelectorAll("[data-pick][hidden]")) {
      const input = document.getElementById(button.dataset.pick);
      const picker = document.createElement("input");
      if (!input || !picker.showPicker) continue;
      picker.type = "date";
      picker.className = "picker";
      picker.tabIndex = -1;
      picker.setAttribute("aria-hidden", "true");
      button.after(picker);
      button.hidden = false;
      button.addEventListener("click", () => { picker.value = day(arabic(input.value).trim())?.toISOString().slice(0, 10) ?? ""; picker.showPicker(); });
      picker.addEventListener("change", () => {
        const [year, month, date] = picker.value.split("-").map(Number);
        if (year) input.value = isEnglish ? `${date}/${month}/${year}` : `${date} ${months[month - 1]} ${year + 543}`;
        input.dispatchEvent(new Event("input", { bubbles: true }));
        input.focus();
      });
    }

    for (const button of document.querySelectorAll("[data-print]")) {
      button.hidden = false;
      button.addEventListener("click", () => window.print());
    }
  };
  enhance();

  document.querySelector("[data-focus]")?.focus();
})();
