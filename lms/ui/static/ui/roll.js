// The roll: a live count, and choices that outlive a sign-in that ended meanwhile. The page works without it.
"use strict";

const form = document.querySelector(".roll-form");
const roll = form && form.querySelector("[data-roll]");
if (roll) {
  const count = form.querySelector("[data-count]");
  const total = roll.children.length;
  const key = `roll:${location.pathname}`;

  const choices = () => Object.fromEntries(
    [...roll.querySelectorAll("input:checked")].map((input) => [input.name, input.value]));
  const tell = () => {
    if (!count) return;
    const present = roll.querySelectorAll('input[value="p"]:checked').length;
    count.textContent = count.dataset.count.replace("{present}", present).replace("{total}", total);
  };

  // The draft holds numbers and letters only, in this tab only, until the server says it has them.
  const stored = choices();
  const draft = () => {
    try { return JSON.parse(sessionStorage.getItem(key) || "{}"); } catch { return {}; }
  };
  const keep = (values) => {
    try { sessionStorage.setItem(key, JSON.stringify(values)); } catch { /* storage is off: the page still works */ }
  };
  if (form.dataset.saved) {
    keep({});
    history.replaceState(null, "", location.pathname);
  }
  let restored = false;
  for (const [name, value] of Object.entries(draft())) {
    const input = roll.querySelector(`input[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`);
    if (input && stored[name] !== value) {
      input.checked = true;
      restored = true;
    }
  }
  if (restored) form.querySelector("[data-draft]").hidden = false;
  tell();

  roll.addEventListener("change", (event) => {
    keep({ ...draft(), [event.target.name]: event.target.value });
    tell();
  });
}
