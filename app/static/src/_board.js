// Answers: what do all drawing boards do alike? Save while one draws, ask the gate, show its findings.
//
// The page is whole without a script; the board keeps it true while somebody draws:
//   <div data-board="tavle-data">, #fund-liste, #fund-antal, #tekst-tabel, #gemt, #revision
// Everything is sent as a file in a form, with the page's own token; answers older than the newest
// question are dropped.

const PAUSE_MS = 600;
const SAVE_MS = 1500;
const RETRY_MS = 4000;

export function readBoard(container) {
  return JSON.parse(document.getElementById(container.dataset.board).textContent);
}

function counted(number, one, many) {
  return `${number} ${number === 1 ? one : many}`;
}

export class Board {
  // `xml()` gives what is drawn, `show(findings)` marks them on the drawing.
  constructor(told, { xml, show, choose }) {
    this.told = told;
    this.xml = xml;
    this.show = show;
    this.choose = choose;
    this.revision = told.revision;
    this.asked = 0;
    this.saving = false;
    this.wanted = false;
    this.isLost = false;
    this.findings = told.findings;
    this.token = document.querySelector("#send-form input[name=csrf_token]").value;
    document.getElementById("fund-liste").addEventListener("click", (event) => {
      const line = event.target.closest("li[data-element]");
      if (line && event.target.closest("button")) this.choose(line.dataset.element);
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.wanted && !this.isLost) event.preventDefault();
    });
    const form = document.getElementById("send-form");
    form.addEventListener("submit", async (event) => {
      if (!this.wanted) return;
      event.preventDefault();
      await this.save();
      if (!this.wanted) form.submit();
    });
  }

  start() {
    this.tell(this.told);
  }

  // Something was drawn.
  changed() {
    this.wanted = true;
    this.say("Ikke gemt endnu …");
    clearTimeout(this.judging);
    clearTimeout(this.waiting);
    this.judging = setTimeout(() => this.judge(), PAUSE_MS);
    this.waiting = setTimeout(() => this.save(), SAVE_MS);
  }

  say(words) {
    document.getElementById("gemt").textContent = words;
  }

  async send(address, more = {}) {
    const body = new FormData();
    body.append("csrf_token", this.token);
    body.append("file", this.told.file);
    for (const [name, value] of Object.entries(more)) body.append(name, value);
    body.append("xml", new Blob([await this.xml()], { type: "application/xml" }), this.told.file);
    const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
    const isJson = (answer.headers.get("content-type") || "").startsWith("application/json");
    return { ok: answer.ok, status: answer.status, ...(isJson ? await answer.json() : {}) };
  }

  async judge() {
    const mine = ++this.asked;
    try {
      const said = await this.send(this.told.judge);
      if (mine !== this.asked) return;
      if (said.ok) this.tell(said);
      else document.getElementById("fund-antal").textContent = said.problem || "Kontrollen svarer ikke lige nu.";
    } catch {
      if (mine === this.asked) document.getElementById("fund-antal").textContent = "Kontrollen svarer ikke lige nu.";
    }
  }

  async save() {
    if (this.saving || this.isLost) return;
    clearTimeout(this.waiting);
    this.saving = true;
    this.wanted = false;
    try {
      const said = await this.send(this.told.save, { revision: this.revision });
      if (said.ok) {
        this.revision = said.revision;
        document.getElementById("revision").value = said.revision;
        this.say(`${said.saved}.`);
      } else {
        await this.refused(said.problem || "Siden er for gammel. Hent dit diagram som fil, og genindlæs siden.");
      }
    } catch {
      this.wanted = true;
      this.say("Ikke gemt: der er ingen forbindelse. Vi prøver igen.");
      this.waiting = setTimeout(() => this.save(), 5000);
    }
    this.saving = false;
    if (this.wanted && !this.isLost) this.waiting = setTimeout(() => this.save(), SAVE_MS);
  }

  // Nothing is overwritten: what is drawn here can be fetched as a file.
  async refused(problem) {
    this.isLost = true;
    this.say("Ikke gemt.");
    document.getElementById("tavle-fejl-ord").textContent = problem;
    const link = document.getElementById("tavle-fejl-fil");
    link.href = URL.createObjectURL(new Blob([await this.xml()], { type: "application/xml" }));
    document.getElementById("tavle-fejl").hidden = false;
  }

  tell(said) {
    this.findings = said.findings;
    document.getElementById("fund-liste").innerHTML = said.list;
    document.getElementById("fund-antal").textContent =
      `${counted(said.errors, "fejl", "fejl")}, ${counted(said.warnings, "advarsel", "advarsler")}`;
    const text = document.getElementById("tekst-tabel");
    if (text) text.innerHTML = said.outline;
    this.show(this.here());
    // A busy machine is no fault of the drawing: it is asked again.
    if (said.findings.some((each) => each.rule === "check.time")) {
      clearTimeout(this.judging);
      this.judging = setTimeout(() => this.judge(), RETRY_MS);
    }
  }

  // The findings of the file on the board, numbered as on the list.
  here() {
    return this.findings
      .map((finding, at) => ({ ...finding, number: at + 1 }))
      .filter((finding) => finding.file === this.told.file);
  }
}
