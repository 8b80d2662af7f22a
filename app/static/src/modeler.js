// Answers: how is a draft drawn? The modeler, our panel beside it, and the gate's findings on it.

import Modeler from "bpmn-js/lib/Modeler";
import Minimap from "diagram-js-minimap";
import TokenSimulation from "bpmn-js-token-simulation";

import { Board, readBoard } from "./_board.js";
import House, { EXTENSIONS } from "./_house.js";
import { Panel } from "./_panel.js";
import Danish from "./_words.js";

const LEVELS = ["error", "warning"];

async function open(container) {
  const told = readBoard(container);
  const modeler = new Modeler({
    container: document.getElementById("laerred"),
    additionalModules: [Danish, House, Minimap, TokenSimulation],
    moddleExtensions: { spiffworkflow: EXTENSIONS },
  });
  const canvas = modeler.get("canvas");
  const elements = modeler.get("elementRegistry");
  const overlays = modeler.get("overlays");
  const selection = modeler.get("selection");

  function choose(id) {
    const element = elements.get(id);
    if (!element) return;
    selection.select(element);
    canvas.scrollToElement(element, { top: 80, bottom: 80, left: 80, right: 80 });
    if (panel.element === element) panel.draw();
  }

  // Only the worst finding of an element is numbered on the drawing; the list has them all.
  function show(findings) {
    overlays.remove({ type: "finding" });
    for (const element of elements.getAll()) {
      for (const level of LEVELS) canvas.removeMarker(element, `finding-${level}`);
    }
    const marked = new Set();
    for (const finding of findings) {
      const element = elements.get(finding.element);
      const line = document.querySelector(`#fund-${finding.number}`);
      if (!element || element === canvas.getRootElement()) {
        if (line && !element) line.classList.add("gone");
        continue;
      }
      if (marked.has(element.id)) continue;
      marked.add(element.id);
      canvas.addMarker(element, `finding-${finding.level}`);
      const pin = document.createElement("span");
      pin.className = `pin pin-${finding.level}`;
      pin.textContent = finding.number;
      overlays.add(element, "finding", { position: pinPlace(element), html: pin });
    }
    panel.draw();
  }

  function pinPlace(element) {
    if (!element.waypoints) return { top: -12, right: 12 };
    const at = element.waypoints[Math.floor((element.waypoints.length - 1) / 2)];
    const next = element.waypoints[Math.floor((element.waypoints.length - 1) / 2) + 1] || at;
    const left = Math.min(...element.waypoints.map((each) => each.x));
    const top = Math.min(...element.waypoints.map((each) => each.y));
    return { left: (at.x + next.x) / 2 - left - 11, top: (at.y + next.y) / 2 - top - 11 };
  }

  const board = new Board(told, {
    xml: async () => (await modeler.saveXML({ format: true })).xml,
    show,
    choose,
  });
  const panel = new Panel({
    modeler,
    container: document.getElementById("egenskaber-form"),
    told,
    findings: () => board.here(),
  });

  try {
    await modeler.importXML(told.xml);
  } catch (error) {
    // A file no drawing tool can show still has its list of findings, and can be fetched.
    const words = document.createElement("p");
    words.className = "empty";
    words.textContent = "Filen kan ikke tegnes. Fundene ved siden af siger hvorfor; ret filen i det værktøj, den er lavet i, og hent den ind igen.";
    document.getElementById("laerred").replaceChildren(words);
    document.getElementById("laerred").dataset.ready = "failed";
    console.warn(error);
    return;
  }
  fit(canvas);
  panel.choose([]);
  board.start();
  modeler.on("commandStack.changed", () => board.changed());
  keys(modeler, board, choose, panel);
  paintSimulation(document.getElementById("laerred"));
  const toggle = document.querySelector(".bts-toggle-mode");
  if (toggle) accessible(toggle);
  document.getElementById("laerred").dataset.ready = "yes";
  // For whoever tries the page, and for nobody else.
  document.getElementById("laerred").modeler = modeler;
}

// Shows the whole drawing beside the palette, not under it.
const PALETTE = 90;

function fit(canvas) {
  canvas.zoom("fit-viewport");
  const { inner, outer } = canvas.viewbox();
  const scale = Math.min((outer.width - PALETTE - 20) / inner.width, (outer.height - 40) / inner.height, 1);
  canvas.viewbox({
    x: inner.x - PALETTE / scale,
    y: inner.y - (outer.height / scale - inner.height) / 2,
    width: outer.width / scale,
    height: outer.height / scale,
  });
}

// F6 goes round the fields, F8 to the next finding, Tab from element to element; Esc leaves.
function keys(modeler, board, choose, panel) {
  const fields = ["laerred", "fund-felt", "egenskaber-felt"].map((id) => document.getElementById(id));
  let at = -1;
  document.addEventListener("keydown", (event) => {
    if (event.key === "F6") {
      const now = fields.findIndex((field) => field.contains(document.activeElement));
      const step = event.shiftKey ? -1 : 1;
      fields[(now + step + fields.length) % fields.length].focus();
      event.preventDefault();
    } else if (event.key === "F8") {
      const found = board.here().filter((each) => modeler.get("elementRegistry").get(each.element));
      if (!found.length) return;
      at = (at + (event.shiftKey ? found.length - 1 : 1)) % found.length;
      choose(found[at].element);
      event.preventDefault();
    }
  });
  const canvas = document.getElementById("laerred");
  canvas.addEventListener("keydown", (event) => {
    if (event.target !== canvas && !event.target.closest("svg, .djs-container")) return;
    if (event.target.closest("[contenteditable]")) return;
    if (event.key === "Escape") {
      document.querySelector(".canvas-foot a").focus();
    } else if (event.key === "Tab") {
      const order = inOrder(modeler);
      const chosen = modeler.get("selection").get()[0];
      const next = order.indexOf(chosen) + (event.shiftKey ? -1 : 1);
      if (next < 0 || next >= order.length) return; // past the last one, Tab leaves the drawing
      choose(order[next].id);
      event.preventDefault();
    } else if (event.key === "Enter" && modeler.get("selection").get().length === 1) {
      panel.container.querySelector("input, select, textarea")?.focus();
      event.preventDefault();
    }
  });
}

// The order of the text: what the server calls the flow of the diagram.
function inOrder(modeler) {
  const elements = modeler.get("elementRegistry");
  const rows = [...document.querySelectorAll("#tekst-tabel [data-step]")];
  return rows.map((row) => elements.get(row.dataset.step)).filter(Boolean);
}

// The policy forbids style attributes in markup, which is how the simulation colours its tokens.
// The build has renamed them; here they are set the way the policy allows.
function paintSimulation(container) {
  const paint = (root) => {
    const all = root.querySelectorAll ? [...root.querySelectorAll("[data-style]")] : [];
    if (root.matches?.("[data-style]")) all.push(root);
    for (const each of all) {
      each.style.cssText = each.dataset.style;
      each.removeAttribute("data-style");
    }
  };
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) paint(node);
  }).observe(container, { childList: true, subtree: true });
  paint(container);
}

function accessible(toggle) {
  toggle.setAttribute("role", "button");
  toggle.setAttribute("tabindex", "0");
  toggle.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    toggle.click();
    event.preventDefault();
  });
}

const container = document.querySelector("[data-board]");
if (container) open(container);
