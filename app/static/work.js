// Single keys for the page that goes through waiting money one by one. The page works without them.
(() => {
  "use strict";
  const press = (id) => { const found = document.getElementById(id); if (found) { found.focus(); found.click(); } };
  const keys = { n: "work-next", h: "work-park", s: "work-split", r: "work-refund", o: "work-open", u: "work-undo", a: "work-accept" };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    const typing = event.target.matches("input:not([type=radio]), textarea, select");
    if (event.key === "Escape" && typing) { event.target.blur(); return; }
    if (typing) return;
    const key = event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key;
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
    if (digit) {
      const choice = document.getElementById(`choice-${digit[1]}`);
      if (choice) { choice.checked = true; document.getElementById("work-accept").focus(); event.preventDefault(); }
    } else if (key === "x") {
      const reason = document.querySelector("#work [name=reason]");
      if (!reason) return;
      if (reason.value.trim()) press("work-exclude"); else reason.focus();
      event.preventDefault();
    } else if (event.key === "Enter" && event.target.matches("input[type=radio], body, main, #event")) {
      press("work-accept");
      event.preventDefault();
    } else if (keys[key]) {
      press(keys[key]);
      event.preventDefault();
    }
  });
})();
