// Answers: how is a draft of a decision table written? The table, and the gate's findings beside it.

import Modeler from "dmn-js/lib/Modeler";

import { Board, readBoard } from "./_board.js";
import { translate } from "./_words.js";

async function open(container) {
  const told = readBoard(container);
  const place = document.getElementById("laerred");
  const modeler = new Modeler({
    container: place,
    decisionTable: { additionalModules: [{ translate: ["value", translate] }] },
  });

  function row(id) {
    return place.querySelector(`[data-row-id="${CSS.escape(id)}"]`)?.closest("tr");
  }

  function choose(id) {
    const cell = row(id);
    if (!cell) return;
    cell.scrollIntoView({ block: "center" });
    cell.querySelector("[data-element-id]")?.click();
  }

  function show(findings) {
    for (const marked of place.querySelectorAll(".finding-row")) marked.classList.remove("finding-row", "finding-row-error");
    for (const finding of findings) {
      const marked = row(finding.element);
      if (!marked) continue;
      marked.classList.add("finding-row");
      if (finding.level === "error") marked.classList.add("finding-row-error");
    }
  }

  const board = new Board(told, {
    xml: async () => (await modeler.saveXML({ format: true })).xml,
    show,
    choose,
  });
  try {
    await modeler.importXML(told.xml);
    const view = modeler.getViews().find((each) => each.type === "decisionTable");
    if (!view) throw new Error("no decision table in the file");
    await modeler.open(view);
  } catch (error) {
    const words = document.createElement("p");
    words.className = "empty";
    words.textContent = "Filen kan ikke vises som tabel. Fundene ved siden af siger hvorfor; ret filen i det værktøj, den er lavet i, og hent den ind igen.";
    place.replaceChildren(words);
    place.dataset.ready = "failed";
    console.warn(error);
    return;
  }
  modeler.getActiveViewer().on("commandStack.changed", () => board.changed());
  board.start();
  place.dataset.ready = "yes";
  place.modeler = modeler;
}

const container = document.querySelector("[data-board]");
if (container) open(container);
