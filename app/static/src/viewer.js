// Answers: where is this case in its process? Draws the diagram and marks what has happened.
//
// The page holds everything, so that nothing is fetched and the policy needs no exception:
//   <div data-diagram="diagram-data"></div>
//   <script type="application/json" id="diagram-data">
//     {"xml": "…", "states": {"task_assess": "done"}, "selected": "task_approve"}
//   </script>
// States: done, active, waiting, failed, cancelled. The same is told in words beside the picture.

import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

async function draw(container) {
  const { xml, states = {}, selected } = JSON.parse(
    document.getElementById(container.dataset.diagram).textContent,
  );
  const viewer = new NavigatedViewer({ container });
  await viewer.importXML(xml);
  const canvas = viewer.get("canvas");
  const elements = viewer.get("elementRegistry");
  canvas.zoom("fit-viewport", "auto");
  for (const [id, state] of Object.entries(states)) {
    if (elements.get(id)) canvas.addMarker(id, `state-${state}`);
  }
  if (selected && elements.get(selected)) canvas.scrollToElement(selected);
  container.dataset.ready = "yes";
}

for (const container of document.querySelectorAll("[data-diagram]")) {
  draw(container).catch((error) => {
    container.dataset.ready = "failed";
    console.error(error);
  });
}
