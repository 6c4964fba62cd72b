// What makes the console quicker where there is a script: searches while typing, and the finder. Every page works
// without it.
"use strict";

/** Waits until nobody has called for a while. */
function settled(ms, fn) {
  let timer = 0;
  return (...args) => { clearTimeout(timer); timer = setTimeout(() => fn(...args), ms); };
}

/** Fetches a page; the answer to an older question never comes after that to a newer one. */
function latest() {
  let running = new AbortController();
  return async (url) => {
    running.abort();
    running = new AbortController();
    const answer = await fetch(url, { signal: running.signal, redirect: "error" });
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };
}

// Lists that are searched while somebody types.
for (const form of document.querySelectorAll("form[data-live]")) {
  const load = latest();
  form.addEventListener("input", settled(120, async () => {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value !== "") query.set(name, value);
    const url = location.pathname + (query.size ? "?" + query : "");
    const results = document.getElementById("results");
    results.classList.add("busy");
    try {
      const page = await load(url);
      results.replaceChildren(...page.getElementById("results").childNodes);
      history.replaceState(null, "", url);
      results.classList.remove("busy");
    } catch (problem) {
      if (problem.name !== "AbortError") form.submit();
    }
  }));
}

// What comes by itself, as it comes, while somebody looks.
for (const part of document.querySelectorAll("[data-refresh]")) {
  const load = latest();
  setInterval(async () => {
    if (document.hidden || part.contains(document.activeElement)) return;
    try {
      const fresh = (await load(location.href)).getElementById(part.id);
      if (fresh && fresh.innerHTML !== part.innerHTML) part.replaceChildren(...fresh.childNodes);
    } catch { /* the next time, perhaps */ }
  }, 3000);
}

// The finder: / or Ctrl-K.
const finder = document.getElementById("finder");
if (finder) {
  const input = finder.querySelector("input");
  const found = document.getElementById("found");
  const load = latest();
  let chosen = 0;
  let answered = null; // the words that what is found is of
  let entered = false; // Enter was pressed before they were answered

  const choose = (n) => {
    const links = [...found.querySelectorAll("a")];
    if (links.length === 0) return;
    chosen = (n + links.length) % links.length;
    links.forEach((link, i) => {
      link.setAttribute("aria-selected", String(i === chosen));
      link.id = "found-" + i;
      link.tabIndex = -1;
    });
    input.setAttribute("aria-activedescendant", "found-" + chosen);
    links[chosen].scrollIntoView({ block: "nearest" });
  };
  const go = () => {
    const link = found.querySelectorAll("a")[chosen];
    if (link) location.href = link.href;
    else input.form.submit(); // to the page that says so
  };
  const search = async () => {
    const form = input.form, words = input.value;
    try {
      const page = await load(form.action + "?q=" + encodeURIComponent(words));
      found.replaceChildren(...page.getElementById("found-list").childNodes);
      for (const link of found.querySelectorAll("a")) link.setAttribute("role", "option");
      choose(0);
      answered = words;
      if (entered && words === input.value) go();
    } catch (problem) {
      if (problem.name !== "AbortError") form.submit();
    }
  };
  const open = () => {
    if (finder.open) return;
    finder.showModal();
    entered = false;
    input.select();
    search();
  };
  document.querySelector("[data-find]").addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if ((event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !typing)) {
      event.preventDefault();
      open();
    }
  });
  finder.addEventListener("click", (event) => { if (event.target === finder) finder.close(); });
  const searchSoon = settled(80, search);
  input.addEventListener("input", () => {
    entered = false;
    searchSoon();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else return;
    event.preventDefault();
  });
  input.form.addEventListener("submit", (event) => {
    event.preventDefault();
    // Nobody is led to what was found before the last letters.
    if (input.value === answered) go();
    else entered = true;
  });
}

// A form that is being sent is not sent twice.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
}
addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });
