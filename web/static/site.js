/* What pages do better with JavaScript: suggestions while typing, "/" for the box, Enter to search, links to copy.
   Without it everything else works. Nothing is kept, and what is typed goes to this site alone, in a request's body. */

const SUGGEST_AFTER_MS = 150;
const LONGEST_TYPED = 90; // characters; a longer text is a message, which no title completes
const SHORTEST_TYPED = 2;

const box = document.querySelector("#ask textarea");
if (box) {
  suggest(box, box.form);
  submitOnEnter(box);
  document.addEventListener("keydown", (event) => focusOnSlash(event, box));
}
for (const link of document.querySelectorAll("a.copy")) copyOnClick(link);
openChosenFilters();

/* A listbox of titles under the box and its button, scrolled into sight where a phone's keyboard would cover it. The focus stays
   in the box; the active option is named to screen readers by aria-activedescendant, and how many there are by a status line. */
function suggest(field, place) {
  const { suggest: address, none, some, label } = place.dataset;
  const list = make("ul", { id: "q-suggestions", role: "listbox", "aria-label": label, hidden: "" });
  const status = make("p", { class: "unseen", role: "status" });
  list.classList.add("suggestions");
  place.append(list, status); // below its button: a list that lies over it would be pressed instead
  set(field, { "aria-autocomplete": "list", "aria-controls": list.id, "aria-haspopup": "listbox" });
  let waiting = 0;
  let asked = null; // the request that is under way
  let active = -1;
  const button = place.querySelector("[type=submit]");

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(load, SUGGEST_AFTER_MS);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const count = list.children.length;
    if (event.key === "ArrowDown") activate((active + 1) % count);
    else if (event.key === "ArrowUp" && active >= 0) activate(active - 1);
    else if (event.key === "Enter" && active >= 0) choose(list.children[active]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  });
  field.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => event.target.closest("li") && choose(event.target.closest("li")));

  async function load() {
    const typed = field.value.trim();
    asked?.abort();
    if (typed.length < SHORTEST_TYPED || typed.length > LONGEST_TYPED || typed.includes("\n")) return close();
    asked = new AbortController();
    try {
      const answer = await fetch(address, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ q: typed, k: 7 }),
        signal: asked.signal,
      });
      if (answer.ok) show((await answer.json()).suggestions, typed);
      else close();
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  function show(titles, typed) {
    active = -1;
    field.removeAttribute("aria-activedescendant");
    list.replaceChildren(...titles.map((title, number) => option(title, number, typed)));
    list.hidden = titles.length === 0 || document.activeElement !== field;
    if (!list.hidden) bringIntoSight();
    status.textContent = titles.length ? some.replace("{num}", titles.length) : none;
  }

  function bringIntoSight() {
    list.style.top = `${button.offsetTop + button.offsetHeight + 4}px`;
    const { offsetTop: above, height } = visualViewport; // what a keyboard on the screen leaves
    if (list.firstChild.getBoundingClientRect().bottom > above + height) field.scrollIntoView();
  }

  function option(title, number, typed) {
    const item = make("li", { id: `q-suggestion-${number}`, role: "option", "aria-selected": "false" });
    const at = title.toLowerCase().indexOf(typed.toLowerCase());
    if (at < 0) item.append(title);
    else item.append(title.slice(0, at), bold(title.slice(at, at + typed.length)), title.slice(at + typed.length));
    item.dataset.title = title;
    return item;
  }

  function activate(number) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = number;
    const item = list.children[active];
    if (!item) return field.removeAttribute("aria-activedescendant");
    item.setAttribute("aria-selected", "true");
    item.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", item.id);
  }

  function choose(item) {
    field.value = item.dataset.title;
    close();
    field.form.requestSubmit();
  }

  function close() {
    list.hidden = true;
    active = -1;
    field.removeAttribute("aria-activedescendant");
  }
}

function submitOnEnter(field) {
  for (const hint of document.querySelectorAll(".keys")) hint.hidden = !matchMedia("(any-pointer: fine)").matches;
  field.addEventListener("keydown", (event) => {
    const plain = !event.shiftKey && !event.altKey && !event.isComposing;
    if (event.key !== "Enter" || !plain || field.value.includes("\n")) return;
    event.preventDefault();
    field.form.requestSubmit();
  });
}

function focusOnSlash(event, field) {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

function copyOnClick(link) {
  link.addEventListener("click", async (event) => {
    if (!navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try {
      await navigator.clipboard.writeText(link.href);
      link.nextElementSibling.textContent = link.dataset.copied;
    } catch {
      location.href = link.href; // not allowed here: the link itself is what can be copied
    }
  });
}

function openChosenFilters() {
  for (const chosen of document.querySelectorAll(".filters details input:checked")) chosen.closest("details").open = true;
}

function make(name, attributes) {
  return set(document.createElement(name), attributes);
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function bold(text) {
  const element = document.createElement("b");
  element.textContent = text;
  return element;
}
