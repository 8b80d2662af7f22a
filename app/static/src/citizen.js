// Answers: is a file too large to be sent? Told where it was chosen, before minutes of upload.
//
// The pages work without it: the server says the same, and keeps what was typed.

const said = (size) => `${(size / 1e6).toFixed(1).replace(".", ",")} MB`;

function check(input) {
  const largest = Number(input.dataset.largest);
  const large = [...input.files].find((file) => file.size > largest);
  const place = `${input.id}-script`;
  document.getElementById(place)?.remove();
  if (!large) {
    input.removeAttribute("aria-invalid");
    return true;
  }
  const words = document.createElement("span");
  words.id = place;
  words.className = "form-error-message";
  words.setAttribute("role", "alert");
  words.textContent = `“${large.name}” fylder ${said(large.size)}. En fil må højst fylde ${Math.floor(largest / 1e6)} MB. Vælg en mindre fil.`;
  input.before(words);
  input.setAttribute("aria-invalid", "true");
  return false;
}

for (const input of document.querySelectorAll("input[type=file][data-largest]")) {
  input.addEventListener("change", () => check(input));
  input.form.addEventListener("submit", (event) => {
    if (check(input)) return;
    event.preventDefault();
    input.focus();
  });
}
