// Answers: what does the chosen element mean to us, and how is it changed without writing XML?
//
// A small panel of plain form fields, one set a kind of element: its names are the catalogue's.

import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";
import { isLabel } from "diagram-js/lib/util/ModelUtil";

const KINDS = [
  ["bpmn:UserTask", "Opgave til et menneske"],
  ["bpmn:ServiceTask", "Trin, systemet gør"],
  ["bpmn:SendTask", "Trin, der sender"],
  ["bpmn:BusinessRuleTask", "Opslag i tabel"],
  ["bpmn:ReceiveTask", "Afventer besked"],
  ["bpmn:CallActivity", "Fælles proces"],
  ["bpmn:SubProcess", "Delproces"],
  ["bpmn:ManualTask", "Manuel opgave"],
  ["bpmn:Task", "Opgave uden slags"],
  ["bpmn:StartEvent", "Start"],
  ["bpmn:EndEvent", "Slut"],
  ["bpmn:BoundaryEvent", "Hændelse på kanten"],
  ["bpmn:Event", "Hændelse undervejs"],
  ["bpmn:ExclusiveGateway", "Valg: netop én vej"],
  ["bpmn:ParallelGateway", "Samtidigt: alle veje"],
  ["bpmn:InclusiveGateway", "Valg: en eller flere veje"],
  ["bpmn:EventBasedGateway", "Det, der først sker"],
  ["bpmn:SequenceFlow", "Pil"],
  ["bpmn:TextAnnotation", "Bemærkning"],
  ["bpmn:Process", "Hele processen"],
];

// Which field a finding belongs to, so that the words stand where the mistake is.
const RULE_FIELDS = [
  [/^(form\.|id\.form)/, "form"],
  [/^role\./, "role"],
  [/^step\./, "step"],
  [/^decision\./, "decision"],
  [/^message\./, "message"],
  [/^timer\./, "time"],
  [/^(name\.|gateway\.(question|answer)|process\.name)/, "name"],
  [/^(id\.|process\.file_name)/, "id"],
  [/^call\./, "called"],
  [/^error\./, "error"],
  [/^escalation\./, "escalation"],
  [/^gateway\.default/, "default"],
];

// A task may lack its form or its role; the rule is the same, so the words tell.
function fieldOf({ rule, message }) {
  if (rule === "task.unassigned") return message.startsWith("Formular") ? "form" : "role";
  return (RULE_FIELDS.find(([wanted]) => wanted.test(rule)) || [])[1];
}

export function kindOf(object) {
  const found = KINDS.find(([type]) => is(object, type));
  return found ? found[1] : object.$type;
}

export class Panel {
  constructor({ modeler, container, told, findings }) {
    this.container = container;
    this.told = told;
    this.findings = findings;
    this.modeling = modeler.get("modeling");
    this.moddle = modeler.get("moddle");
    this.factory = modeler.get("bpmnFactory");
    this.canvas = modeler.get("canvas");
    this.modeler = modeler;
    this.element = null;
    const events = modeler.get("eventBus");
    events.on("selection.changed", ({ newSelection }) => this.choose(newSelection));
    events.on("elements.changed", ({ elements }) => {
      if (this.element && elements.includes(this.element) && !this.container.contains(document.activeElement)) this.draw();
    });
    events.on("shape.remove", ({ element }) => element === this.element && this.choose([]));
  }

  choose(chosen) {
    const only = chosen.length === 1 ? chosen[0] : this.canvas.getRootElement();
    this.element = isLabel(only) ? only.labelTarget : only;
    this.draw();
  }

  get object() {
    return getBusinessObject(this.element);
  }

  // ---- reading and writing our extensions

  extension(type) {
    return (this.object.extensionElements?.values || []).find((each) => is(each, type));
  }

  // Replaces one kind of extension; without a value it goes.
  setExtension(type, made) {
    const others = (this.object.extensionElements?.values || []).filter((each) => !is(each, type));
    const values = made ? [...others, made] : others;
    const extensionElements = values.length ? this.moddle.create("bpmn:ExtensionElements", { values }) : undefined;
    for (const each of values) each.$parent = extensionElements;
    if (extensionElements) extensionElements.$parent = this.object;
    this.modeling.updateModdleProperties(this.element, this.object, { extensionElements });
  }

  property(name) {
    return this.extension("spiffworkflow:Properties")?.properties?.find((each) => each.name === name)?.value || "";
  }

  properties(prefix) {
    const all = this.extension("spiffworkflow:Properties")?.properties || [];
    return all.filter((each) => each.name.startsWith(prefix)).map((each) => [each.name.slice(prefix.length), each.value]);
  }

  setProperties(isReplaced, pairs) {
    const kept = (this.extension("spiffworkflow:Properties")?.properties || []).filter((each) => !isReplaced(each.name));
    const added = pairs.filter(([, value]) => value !== "").map(([name, value]) => ({ name, value }));
    const properties = [...kept.map(({ name, value }) => ({ name, value })), ...added].map((each) =>
      this.moddle.create("spiffworkflow:Property", each),
    );
    const made = properties.length ? this.moddle.create("spiffworkflow:Properties", { properties }) : null;
    for (const each of properties) each.$parent = made;
    this.setExtension("spiffworkflow:Properties", made);
  }

  setProperty(name, value) {
    this.setProperties((each) => each === name, [[name, value.trim()]]);
  }

  setStep(step, given = {}) {
    const wanted = step ? this.told.arguments[step] || [] : [];
    const parameters = wanted
      .filter((name) => given[name])
      .map((name) => this.moddle.create("spiffworkflow:Parameter", { id: name, type: "any", value: given[name] }));
    const list = this.moddle.create("spiffworkflow:Parameters", { parameters });
    for (const each of parameters) each.$parent = list;
    const made = step
      ? this.moddle.create("spiffworkflow:ServiceTaskOperator", { id: step, resultVariable: "", parameterList: list })
      : null;
    if (made) list.$parent = made;
    this.setExtension("spiffworkflow:ServiceTaskOperator", made);
  }

  // Messages, errors and escalations stand beside the process, found by their name or code.
  named(type, attribute, value) {
    const definitions = this.modeler.getDefinitions();
    const known = definitions.rootElements.find((each) => is(each, type) && each[attribute] === value);
    if (known) return known;
    const made = this.factory.create(type, { [attribute]: value, ...(attribute === "name" ? {} : { name: value }) });
    made.$parent = definitions;
    definitions.rootElements.push(made);
    return made;
  }

  // ---- fields

  draw() {
    const object = this.object;
    this.container.replaceChildren();
    this.container.closest("section").hidden = false;
    const about = document.createElement("p");
    about.className = "meta";
    about.append(`${kindOf(object)} · `, Object.assign(document.createElement("code"), { textContent: object.id }));
    this.container.append(about);
    if (is(object, "bpmn:TextAnnotation")) return this.text("name", "Tekst", object.text || "", (text) => this.set({ text }));
    this.text("name", is(object, "bpmn:SequenceFlow") ? "Navn (svaret)" : "Navn", object.name || "", (name) => this.set({ name: name.trim() || undefined }));
    if (is(object, "bpmn:Task") || is(object, "bpmn:CallActivity")) this.activity(object);
    if (is(object, "bpmn:Event")) this.event(object);
    if (is(object, "bpmn:ExclusiveGateway") || is(object, "bpmn:InclusiveGateway")) this.gateway(object);
    if (is(object, "bpmn:SequenceFlow")) this.flow(object);
    if (!is(object, "bpmn:Process")) this.text("id", "Id", object.id, (id) => this.rename(id), "Skift kun id på noget nyt: sager i gang kender elementet på det.");
  }

  set(values) {
    this.modeling.updateProperties(this.element, values);
  }

  rename(id) {
    const wanted = id.trim();
    if (!/^[a-z][a-z0-9_]*$/.test(wanted) || this.modeler.get("elementRegistry").get(wanted)) return this.draw();
    this.set({ id: wanted });
  }

  activity(object) {
    if (is(object, "bpmn:UserTask")) {
      this.select("form", "Formular", this.told.choices.forms, this.property("formKey"), (value) => this.setProperty("formKey", value));
      this.select("role", "Hvem kan tage opgaven", this.told.choices.roles, this.property("role"), (value) => this.setProperty("role", value));
      this.text("due", "Frist", this.property("due"), (value) => this.setProperty("due", value), "En oplysning med et tidspunkt, fx deadline_at. Lovens frist går forud, hvis den er kortere.");
    } else if (is(object, "bpmn:ServiceTask") || is(object, "bpmn:SendTask")) {
      this.step();
    } else if (is(object, "bpmn:BusinessRuleTask")) {
      const decision = this.extension("spiffworkflow:CalledDecisionId")?.body || "";
      this.select("decision", "Tabel", this.told.choices.tables, decision.trim(), (body) =>
        this.setExtension("spiffworkflow:CalledDecisionId", body ? this.moddle.create("spiffworkflow:CalledDecisionId", { body }) : null),
      );
    } else if (is(object, "bpmn:ReceiveTask")) {
      this.message(object);
      this.key();
    } else if (is(object, "bpmn:CallActivity")) {
      this.select("called", "Proces", this.told.choices.processes, object.calledElement || "", (calledElement) => this.set({ calledElement }));
      this.rows("ind", "Oplysninger ind i den", "in:", "Navn=udtryk, én på hver linje");
      this.rows("ud", "Oplysninger tilbage", "out:", "Navn=udtryk, én på hver linje");
    }
  }

  step() {
    const operator = this.extension("spiffworkflow:ServiceTaskOperator");
    const given = Object.fromEntries((operator?.parameterList?.parameters || []).map((each) => [each.id, each.value]));
    this.select("step", "Trin", this.told.choices.steps, operator?.id || "", (step) => {
      const usual = Object.fromEntries((this.told.arguments[step] || []).map((name) => [name, given[name] || name]));
      this.setStep(step, usual);
      this.draw();
    });
    for (const name of this.told.arguments[operator?.id] || []) {
      this.text(`argument-${name}`, `Oplysning: ${name}`, given[name] || "", (value) => {
        given[name] = value.trim();
        this.setStep(operator.id, given);
      });
    }
  }

  event(object) {
    const definition = object.eventDefinitions?.[0];
    if (definition && is(definition, "bpmn:MessageEventDefinition")) {
      this.message(definition);
      if (!is(object, "bpmn:StartEvent")) this.key();
    }
    if (definition && is(definition, "bpmn:TimerEventDefinition")) this.timer(definition);
    if (definition && is(definition, "bpmn:ErrorEventDefinition")) {
      this.text("error", "Fejlens kode", definition.errorRef?.errorCode || "", (code) =>
        this.modeling.updateModdleProperties(this.element, definition, { errorRef: code.trim() ? this.named("bpmn:Error", "errorCode", code.trim()) : undefined }),
      );
    }
    if (definition && is(definition, "bpmn:EscalationEventDefinition")) {
      this.text("escalation", "Meldingens kode", definition.escalationRef?.escalationCode || "", (code) =>
        this.modeling.updateModdleProperties(this.element, definition, { escalationRef: code.trim() ? this.named("bpmn:Escalation", "escalationCode", code.trim()) : undefined }),
      );
    }
    if (definition && is(definition, "bpmn:LinkEventDefinition")) {
      this.text("link", "Springets navn", definition.name || "", (name) => this.modeling.updateModdleProperties(this.element, definition, { name: name.trim() }));
    }
    if (is(object, "bpmn:EndEvent")) this.rows("saet", "Oplysninger, der sættes", "set:", "Navn=udtryk, én på hver linje");
  }

  message(holder) {
    const now = holder.messageRef?.name || "";
    const known = this.told.choices.messages.some(([key]) => key === now) || !now;
    const choices = known ? this.told.choices.messages : [...this.told.choices.messages, [now, now]];
    this.select("message", "Besked", choices, now, (name) => {
      const messageRef = name ? this.named("bpmn:Message", "name", name) : undefined;
      this.modeling.updateModdleProperties(this.element, holder, { messageRef });
    });
  }

  key() {
    this.text("key", "Nøgle", this.property("key"), (value) => this.setProperty("key", value), "Den oplysning, beskeden findes på, fx case_id.");
  }

  timer(definition) {
    const { timeDate, timeDuration } = definition;
    const isMoment = Boolean(timeDate);
    this.select("time-kind", "Tiden er", [["duration", "en varighed"], ["date", "et tidspunkt"]], isMoment ? "date" : "duration", (kind) => {
      this.setTime(definition, kind, (timeDate || timeDuration)?.body || "");
      this.draw();
    }, true);
    this.text("time", isMoment ? "Tidspunkt" : "Varighed", (timeDate || timeDuration)?.body || "",
      (text) => this.setTime(definition, isMoment ? "date" : "duration", text.trim()),
      isMoment ? "En oplysning med et tidspunkt, fx hearing_deadline_at." : "P14D er 14 dage, PT4H er 4 timer.");
    if (is(this.object, "bpmn:BoundaryEvent")) {
      this.select("interrupting", "Når tiden er gået", [["true", "stopper det, den sidder på"], ["false", "fortsætter det imens"]], String(this.object.cancelActivity !== false), (value) => this.set({ cancelActivity: value === "true" }), true);
    }
  }

  setTime(definition, kind, body) {
    const made = this.moddle.create("bpmn:FormalExpression", { body });
    made.$parent = definition;
    this.modeling.updateModdleProperties(this.element, definition, {
      timeDate: kind === "date" ? made : undefined,
      timeDuration: kind === "duration" ? made : undefined,
    });
  }

  gateway(object) {
    if ((object.outgoing || []).length < 2) return;
    const ways = object.outgoing.map((flow) => [flow.id, `${flow.name || "(uden navn)"}: til ${flow.targetRef?.name || flow.targetRef?.id}`]);
    this.select("default", "Vejen, der tages ellers", ways, object.default?.id || "", (id) =>
      this.set({ default: object.outgoing.find((flow) => flow.id === id) }),
    );
  }

  flow(object) {
    const from = object.sourceRef;
    if (!from || !(is(from, "bpmn:ExclusiveGateway") || is(from, "bpmn:InclusiveGateway")) || (from.outgoing || []).length < 2) return;
    if (from.default === object) {
      const note = document.createElement("p");
      note.className = "meta";
      note.textContent = "Tages, når ingen anden vej passer.";
      this.container.append(note);
      return;
    }
    this.text("condition", "Tages, når", object.conditionExpression?.body || "", (text) => {
      const body = text.trim();
      const made = body ? this.moddle.create("bpmn:FormalExpression", { body }) : undefined;
      if (made) made.$parent = object;
      this.set({ conditionExpression: made });
    }, "Et udtryk, fx is_adverse = true.");
  }

  // ---- one field

  field(name, label, hint, make) {
    const id = `egenskab-${name}`;
    const box = document.createElement("div");
    box.className = "field";
    const words = document.createElement("label");
    words.className = "form-label";
    words.htmlFor = id;
    words.textContent = label;
    box.append(words);
    const described = [];
    if (hint) {
      const told = document.createElement("span");
      told.className = "form-hint";
      told.id = `${id}-hint`;
      told.textContent = hint;
      described.push(told.id);
      box.append(told);
    }
    const problems = this.findings()
      .filter((each) => each.element === this.object.id && fieldOf(each) === name)
      .map((each) => each.message);
    const input = make();
    if (problems.length) {
      const told = document.createElement("span");
      told.className = "form-error-message";
      told.id = `${id}-error`;
      told.textContent = problems.join(" ");
      described.push(told.id);
      box.classList.add("form-error");
      box.append(told);
      input.setAttribute("aria-invalid", "true");
    }
    input.id = id;
    if (described.length) input.setAttribute("aria-describedby", described.join(" "));
    box.append(input);
    this.container.append(box);
  }

  text(name, label, value, changed, hint = "") {
    this.field(name, label, hint, () => {
      const input = document.createElement("input");
      input.className = "form-input";
      input.autocomplete = "off";
      input.spellcheck = false;
      input.value = value;
      input.addEventListener("change", () => changed(input.value));
      return input;
    });
  }

  select(name, label, choices, value, changed, isSure = false) {
    this.field(name, label, "", () => {
      const input = document.createElement("select");
      input.className = "form-select";
      const all = [...(isSure ? [] : [["", "Vælg"]]), ...choices];
      if (value && !all.some(([key]) => key === value)) all.push([value, `${value} (findes ikke)`]);
      for (const [key, words] of all) input.append(new Option(words, key, false, key === value));
      input.addEventListener("change", () => changed(input.value));
      return input;
    });
  }

  // Pairs of a name and an expression, a line each.
  rows(name, label, prefix, hint) {
    this.field(name, label, hint, () => {
      const input = document.createElement("textarea");
      input.className = "form-input";
      input.rows = 3;
      input.spellcheck = false;
      input.value = this.properties(prefix).map(([key, value]) => `${key}=${value}`).join("\n");
      input.addEventListener("change", () => {
        const pairs = input.value
          .split("\n")
          .filter((line) => line.includes("="))
          .map((line) => [`${prefix}${line.slice(0, line.indexOf("=")).trim()}`, line.slice(line.indexOf("=") + 1).trim()]);
        this.setProperties((each) => each.startsWith(prefix), pairs);
      });
      return input;
    });
  }
}
