// Answers: what does a key do? Only what is printed on the page, and only outside fields.
//
// `data-key` on a button or link names its key. Rows carry `data-row`. Single letters can be
// switched off (WCAG 2.1.4); the choice is kept in this browser.

const OFF = "ky-keys-off";
const PAGES = { o: "facts", b: "calculation", u: "payments", d: "documents", j: "journal", t: "timeline", f: "course", s: "overview" };

export function listenForKeys(page) {
  let goingTo = false;
  const toggle = page.getElementById("keys-off");

  function areOff() {
    return localStorage.getItem(OFF) === "1";
  }

  function show() {
    page.documentElement.classList.toggle("no-keys", areOff());
    if (!toggle) return;
    toggle.setAttribute("aria-pressed", String(areOff()));
    toggle.textContent = areOff() ? "Slå genveje til" : "Slå genveje fra";
  }

  toggle?.addEventListener("click", () => {
    localStorage.setItem(OFF, areOff() ? "0" : "1");
    show();
  });
  show();

  function isWriting(target) {
    return target.matches("textarea, select, input:not([type=radio], [type=checkbox], [type=submit])");
  }

  function withKey(key) {
    return page.querySelector(`[data-key="${CSS.escape(key)}"]`);
  }

  function press(element) {
    if (element.matches("input")) element.focus();
    else element.click();
  }

  function move(step) {
    const rows = [...page.querySelectorAll("tr[data-row]")];
    if (!rows.length) return;
    const at = rows.findIndex((row) => row.classList.contains("chosen"));
    const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step));
    rows[at]?.classList.remove("chosen");
    rows[next].classList.add("chosen");
    rows[next].querySelector("a.title").focus();
  }

  let lastPicked = -1;

  // Ticks the box of the chosen row; with Shift also those between it and the last one ticked.
  function pick(isRange) {
    const rows = [...page.querySelectorAll("tr[data-row]")];
    const at = rows.findIndex((row) => row.classList.contains("chosen"));
    const box = (row) => row?.querySelector("input[type=checkbox]");
    if (!box(rows[at])) return false;
    const wanted = isRange || !box(rows[at]).checked;
    const from = isRange && lastPicked >= 0 ? lastPicked : at;
    rows.slice(Math.min(from, at), Math.max(from, at) + 1).forEach((row) => (box(row).checked = wanted));
    lastPicked = at;
    return true;
  }

  function ask(number) {
    const question = page.getElementById(`spoergsmaal-${number}`);
    if (!question) return false;
    const fold = question.querySelector("details");
    if (fold) fold.open = true;
    question.querySelector("input:not([type=hidden]), textarea, select")?.focus();
    question.scrollIntoView({ block: "start" });
    return true;
  }

  function withModifier(event) {
    const key = event.key.toLowerCase();
    if (event.altKey && /^[1-9]$/.test(key)) return ask(Number(key));
    if (!event.ctrlKey && !event.metaKey) return false;
    if (key === "s" && page.querySelector("form[data-draft]")) {
      page.querySelector("form[data-draft]").dispatchEvent(new CustomEvent("ky:save"));
      return true;
    }
    if (key === "z" && !isWriting(event.target) && withKey("ctrl+z")) {
      withKey("ctrl+z").click();
      return true;
    }
    if (key === "enter" && withKey("ctrl+enter")) {
      const button = withKey("ctrl+enter");
      button.form.requestSubmit(button);
      return true;
    }
    return false;
  }

  function plain(event) {
    const key = event.key.toLowerCase();
    if (goingTo) {
      goingTo = false;
      const link = PAGES[key] && page.querySelector(`[data-goto="${PAGES[key]}"]`);
      if (link) link.click();
      return Boolean(link);
    }
    if (key === "g" && page.querySelector("[data-goto]")) return (goingTo = true);
    if (key === "j" || key === "k") return move(key === "j" ? 1 : -1), true;
    if (key === "x" && page.querySelector("tr[data-row] input[type=checkbox]")) return pick(event.shiftKey), true;
    if (key === "y" && page.querySelector('[data-goto="journal"]')) {
      page.querySelector('[data-goto="journal"]').click();
      return true;
    }
    const element = withKey(key);
    if (element) press(element);
    return Boolean(element);
  }

  page.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (withModifier(event)) return event.preventDefault();
    if (event.ctrlKey || event.metaKey || event.altKey || areOff()) return;
    if (isWriting(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (plain(event)) event.preventDefault();
  });
}
