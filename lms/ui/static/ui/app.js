// Small comforts; every page does its job without them.
"use strict";

// The share done, in the tab's title, while a job's progress bar is on the page.
const plainTitle = document.title;
function showPercent() {
  const bar = document.querySelector("progress[data-job]");
  const percent = bar && bar.hasAttribute("value") ? Math.floor((bar.value / (bar.max || 1)) * 100) : null;
  document.title = percent === null ? plainTitle : `${percent} % · ${plainTitle}`;
}
showPercent();
document.addEventListener("htmx:afterSettle", showPercent);

// Signing in again, in another tab, changes the token that guards forms. A form typed before that takes the new
// one along, so that what was typed can still be sent.
function freshToken(form) {
  const field = form.elements.namedItem("csrfmiddlewaretoken");
  const cookie = document.cookie.split("; ").find((pair) => pair.startsWith("csrftoken="));
  if (field && cookie && form.method === "post") field.value = cookie.slice("csrftoken=".length);
}

// A form is sent once: its buttons rest from the first press until the page is shown again.
const resting = new Set();
document.addEventListener("submit", (event) => {
  const form = event.target;
  freshToken(form);
  // htmx sends its own forms without leaving the page; a form for another tab or a download leaves this one alive.
  if (event.defaultPrevented || form.method === "get" || form.hasAttribute("hx-post") || form.target === "_blank"
      || form.hasAttribute("data-again")) return;
  // After this event, so that the pressed button's own name and value are still sent.
  setTimeout(() => {
    for (const button of form.elements) {
      if (button.type === "submit" && !button.disabled) {
        button.disabled = true;
        resting.add(button);
      }
    }
    form.setAttribute("aria-busy", "true");
  }, 0);
});
window.addEventListener("pageshow", () => {
  for (const button of resting) {
    button.disabled = false;
    if (button.form) button.form.removeAttribute("aria-busy");
  }
  resting.clear();
});

// One box for all boxes of its form on this page; without scripts it is not there.
for (const box of document.querySelectorAll("[data-check-all]")) {
  box.closest("[hidden]").hidden = false;
  box.addEventListener("change", () => {
    const others = document.querySelectorAll(`input[name="${box.dataset.checkAll}"][form="${box.form.id}"]`);
    for (const one of others) one.checked = box.checked;
  });
}

// What went wrong is read out and seen first.
const summary = document.querySelector(".error-summary");
if (summary) summary.focus();
