// Answers: what stands where? Draws a diagram and puts on it what the table beside it says.
//
//   <div data-cockpit="drawing" data-rows="table"></div>
//   <script type="application/json" id="drawing">{"xml": "…", "states": {"task_a": "done"}}</script>
//   <table id="table"><tr data-element="task_a" data-waiting="3" data-stopped="1" data-heat="2">
// Counts are read from the table, so that picture and table cannot differ. Nothing is fetched.

import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

const badge = (kind, text) => {
  const shown = document.createElement("span");
  shown.className = `badge-${kind}`;
  shown.textContent = text;
  return shown;
};

function mark(viewer, row) {
  const { element, waiting, stopped, late, heat } = row.dataset;
  const shape = viewer.get("elementRegistry").get(element);
  if (!shape) return;
  const overlays = viewer.get("overlays");
  if (heat !== "0") viewer.get("canvas").addMarker(element, `heat-${heat}`);
  if (waiting !== "0") {
    overlays.add(element, { position: { bottom: 12, left: -10 }, html: badge("tokens", waiting) });
  }
  if (late !== "0") {
    overlays.add(element, { position: { top: -12, right: 16 }, html: badge("late", `${late} sene`) });
  }
  if (stopped !== "0") {
    viewer.get("canvas").addMarker(element, "state-failed");
    overlays.add(element, {
      position: { bottom: 12, right: 18 },
      html: badge("stopped", `! ${stopped}`),
    });
  }
}

async function draw(container) {
  const { xml, states = {} } = JSON.parse(
    document.getElementById(container.dataset.cockpit).textContent,
  );
  const viewer = new NavigatedViewer({ container });
  await viewer.importXML(xml);
  const canvas = viewer.get("canvas");
  const elements = viewer.get("elementRegistry");
  canvas.zoom("fit-viewport", "auto");
  for (const [id, state] of Object.entries(states)) {
    if (elements.get(id)) canvas.addMarker(id, `state-${state}`);
  }
  const table = document.getElementById(container.dataset.rows);
  for (const row of table?.querySelectorAll("tr[data-element]") ?? []) mark(viewer, row);
  // Who chooses an element in the picture is led to its row.
  viewer.on("element.click", ({ element }) => {
    const row = document.getElementById(`trin-${element.id}`);
    if (row) row.scrollIntoView({ block: "center" });
  });
  container.dataset.ready = "yes";
}

for (const container of document.querySelectorAll("[data-cockpit]")) {
  draw(container).catch((error) => {
    container.dataset.ready = "failed";
    console.error(error);
  });
}
