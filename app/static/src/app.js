// Answers: what does every staff page run? Keys, drafts and news; a page works without them.

import htmx from "htmx.org";
import { keepDraft } from "./_draft.js";
import { listenForKeys } from "./_keys.js";

// The content security policy allows neither eval nor style elements made by a script.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;

document.documentElement.classList.add("script");
listenForKeys(document);

const form = document.querySelector("form[data-draft]");
if (form) keepDraft(form);

const mistakes = document.getElementById("fejl");
if (mistakes) mistakes.focus();
