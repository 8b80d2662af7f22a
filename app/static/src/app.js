// Answers: what does every staff page run? Small things only; a page must work without them.

import htmx from "htmx.org";

// The content security policy allows neither eval nor style elements made by a script.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;

window.htmx = htmx;
