// Answers: how far is it? Asks for the page again and shows the newest, until it is over.
//
//   <section data-follow="2"> – seconds between two looks. Without script a link does the same.

async function look(section) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const newest = page.querySelector("[data-follow]");
  if (!newest) {
    location.reload();
    return;
  }
  const said = section.querySelector("[role=status]");
  said.textContent = newest.querySelector("[role=status]").textContent;
  section.querySelector("progress").value = newest.querySelector("progress").value;
  follow(section);
}

function follow(section) {
  setTimeout(() => look(section).catch(() => follow(section)), section.dataset.follow * 1000);
}

document.querySelectorAll("[data-follow]").forEach(follow);
