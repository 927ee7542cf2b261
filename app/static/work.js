// Single keys for the page that goes through waiting money line by line: each part says its own in data-key. The page works without them.
(() => {
  "use strict";
  const accept = () => document.querySelector("[data-key=enter]");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    const typing = event.target.matches("input:not([type=radio], [type=checkbox]), textarea, select");
    if (event.key === "Escape" && typing) { event.target.blur(); return; }
    if (typing) return;
    // By the place of the key, so that a Thai layout works as a Latin one.
    const named = /^(?:Key|Digit|Numpad)([A-Z1-9])$/.exec(event.code);
    const key = named ? named[1].toLowerCase() : event.key.toLowerCase();
    if (key === "enter" && !event.target.matches("input, body, main, #event")) return;
    const found = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!found) return;
    event.preventDefault();
    if (found.matches("[type=radio]")) { found.checked = true; accept().focus(); return; }
    found.focus();
    if (found.matches("input")) { found.select(); return; }
    found.click();
    // What folds open has a reason in it already: Enter takes it, typing writes another.
    if (found.matches("summary")) found.parentElement.querySelector("input:not([type=hidden])")?.select();
  });
})();
