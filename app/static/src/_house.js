// Answers: how does the drawing tool draw what this house can run? Ids, choices, our extensions.

import { is } from "bpmn-js/lib/util/ModelUtil";

// What the engine reads from a diagram beside the standard; see bpmn/README.md.
export const EXTENSIONS = {
  name: "SpiffWorkflow",
  prefix: "spiffworkflow",
  uri: "http://spiffworkflow.org/bpmn/schema/1.0/core",
  xml: { tagAlias: "lowerCase" },
  types: [
    { name: "Properties", superClass: ["Element"], properties: [{ name: "properties", type: "Property", isMany: true }] },
    { name: "Property", properties: [{ name: "name", isAttr: true, type: "String" }, { name: "value", isAttr: true, type: "String" }] },
    {
      name: "ServiceTaskOperator",
      superClass: ["Element"],
      properties: [
        { name: "id", isAttr: true, type: "String" },
        { name: "resultVariable", isAttr: true, type: "String" },
        { name: "parameterList", type: "Parameters" },
      ],
    },
    { name: "Parameters", superClass: ["Element"], properties: [{ name: "parameters", type: "Parameter", isMany: true }] },
    {
      name: "Parameter",
      properties: [
        { name: "id", isAttr: true, type: "String" },
        { name: "type", isAttr: true, type: "String" },
        { name: "value", isAttr: true, type: "String" },
      ],
    },
    { name: "CalledDecisionId", superClass: ["Element"], properties: [{ name: "body", isBody: true, type: "String" }] },
  ],
};

// The house rules of `processes/engine/lint.py`: an id tells what its element is.
const PREFIXES = [
  ["bpmn:UserTask", "task_"],
  ["bpmn:ManualTask", "task_"],
  ["bpmn:ServiceTask", "step_"],
  ["bpmn:SendTask", "step_"],
  ["bpmn:BusinessRuleTask", "rule_"],
  ["bpmn:ReceiveTask", "wait_"],
  ["bpmn:CallActivity", "call_"],
  ["bpmn:SubProcess", "part_"],
  ["bpmn:Task", "task_"],
  ["bpmn:StartEvent", "start_"],
  ["bpmn:EndEvent", "end_"],
  ["bpmn:BoundaryEvent", "on_"],
  ["bpmn:IntermediateCatchEvent", "wait_"],
  ["bpmn:IntermediateThrowEvent", "at_"],
  ["bpmn:ExclusiveGateway", "when_"],
  ["bpmn:ParallelGateway", "all_"],
  ["bpmn:InclusiveGateway", "any_"],
  ["bpmn:EventBasedGateway", "first_"],
  ["bpmn:SequenceFlow", "to_"],
  ["bpmn:Message", "message_"],
  ["bpmn:Error", "error_"],
  ["bpmn:Escalation", "escalation_"],
  ["bpmn:TextAnnotation", "note_"],
  ["bpmn:Association", "beside_"],
];
const UNNAMED = /^[a-z]+_ny_\d+$/;

export function prefixOf(element) {
  const found = PREFIXES.find(([type]) => is(element, type));
  return found ? found[1] : "";
}

function slug(words) {
  return words
    .toLowerCase()
    .replaceAll("æ", "ae")
    .replaceAll("ø", "oe")
    .replaceAll("å", "aa")
    .normalize("NFD")
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .split("_")
    .slice(0, 5)
    .join("_");
}

// Gives what is new an id a person can read, and a better one when it gets its name.
function HouseIds(eventBus, bpmnFactory, modeling, elementRegistry, moddle) {
  let counted = 0;
  const generate = bpmnFactory._ensureId.bind(bpmnFactory);
  const isTaken = (id) => moddle.ids.assigned(id) || elementRegistry.get(id);
  bpmnFactory._ensureId = (element) => {
    const prefix = element.id ? "" : prefixOf(element);
    if (!prefix) return generate(element);
    do counted += 1;
    while (isTaken(`${prefix}ny_${counted}`));
    element.id = `${prefix}ny_${counted}`;
    moddle.ids.claim(element.id, element);
  };
  eventBus.on(["commandStack.element.updateLabel.postExecuted", "commandStack.element.updateProperties.postExecuted"], ({ context }) => {
    const element = context.element.labelTarget || context.element;
    const object = element.businessObject;
    if (!object?.name || !UNNAMED.test(object.id)) return;
    const wanted = `${prefixOf(object)}${slug(object.name)}`;
    if (wanted !== prefixOf(object) && !isTaken(wanted)) modeling.updateProperties(element, { id: wanted });
  });
}
HouseIds.$inject = ["eventBus", "bpmnFactory", "modeling", "elementRegistry", "moddle"];

// What the gate would refuse is not offered.
const NOT_DRAWN = ["create.data-object", "create.data-store", "create.participant-expanded", "create.group"];
const NOT_CHOSEN =
  /(script-task|transaction|ad-hoc|complex-gateway|conditional|signal|compensation|cancel|pool|timer-start|message-intermediate-throw|message-end|toggle-loop|toggle-participant|data-)/;

class HousePalette {
  constructor(palette) {
    palette.registerProvider(500, this);
  }

  getPaletteEntries() {
    return (entries) => {
      for (const name of NOT_DRAWN) delete entries[name];
      return entries;
    };
  }
}
HousePalette.$inject = ["palette"];

class HouseMenu {
  constructor(popupMenu) {
    popupMenu.registerProvider("bpmn-replace", 500, this);
  }

  getPopupMenuEntries() {
    return (entries) => Object.fromEntries(Object.entries(entries).filter(([name]) => !NOT_CHOSEN.test(name)));
  }

  getPopupMenuHeaderEntries() {
    return (entries) => Object.fromEntries(Object.entries(entries).filter(([name]) => !NOT_CHOSEN.test(name)));
  }
}
HouseMenu.$inject = ["popupMenu"];

export default {
  __init__: ["houseIds", "housePalette", "houseMenu"],
  houseIds: ["type", HouseIds],
  housePalette: ["type", HousePalette],
  houseMenu: ["type", HouseMenu],
};
