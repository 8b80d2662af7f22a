// Answers: is what was typed kept? Sends the form two seconds after the last key, and says so.
//
// The server holds one draft a task with a revision. When somebody else has saved since, it says
// no (409): then nothing is overwritten, and the words stay on the page.

const QUIET_MS = 2000;
const RETRY_MS = 10000;

export function keepDraft(form) {
  const status = document.getElementById("udkast");
  const conflict = document.getElementById("konflikt");
  const revision = form.elements.revision;
  let timer = null;
  let sending = false;
  let unsaved = false;
  let stopped = false;
  let savedAt = "";

  function later(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(save, milliseconds);
  }

  async function save() {
    if (!unsaved || stopped) return;
    if (sending) return later(QUIET_MS);
    sending = true;
    unsaved = false;
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "application/json" },
        redirect: "error",
      });
      if (answer.ok) {
        const said = await answer.json();
        revision.value = said.revision;
        savedAt = said.message;
        status.textContent = said.message;
      } else if (answer.status === 409) {
        stopped = true;
        document.getElementById("konflikt-tekst").textContent = (await answer.json()).message;
        conflict.hidden = false;
        status.textContent = "Udkastet er ikke gemt";
      } else {
        throw new Error(`${answer.status}`);
      }
    } catch {
      unsaved = true;
      status.textContent = `Ikke gemt${savedAt ? ` siden sidst (${savedAt.toLowerCase()})` : " endnu"}. Teksten står på siden; vi prøver igen.`;
      later(RETRY_MS);
    } finally {
      sending = false;
    }
  }

  form.addEventListener("input", () => {
    unsaved = true;
    if (!stopped) status.textContent = "Skriver…";
    later(QUIET_MS);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    stopped = true;
  });
  form.addEventListener("ky:save", () => {
    unsaved = true;
    save();
  });
  // Leaving the page with words that have not been sent: one last try that outlives the page.
  window.addEventListener("pagehide", () => {
    if (unsaved && !stopped && !sending) {
      navigator.sendBeacon(form.dataset.draft, new URLSearchParams(new FormData(form)));
    }
  });
}
