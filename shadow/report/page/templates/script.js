"use strict";
// Comforts only: without this the page says the same.
(() => {
  const cards = [...document.querySelectorAll("details.card")];

  for (const code of document.querySelectorAll("code.copy")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "copy";
    button.setAttribute("aria-label", "copy: " + code.textContent);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = "copied";
      } catch {
        getSelection().selectAllChildren(code);
        button.textContent = "marked";
      }
      setTimeout(() => { button.textContent = "copy"; }, 1500);
    });
    code.after(button);
  }

  const filter = document.getElementById("filter");
  if (filter) {
    document.querySelector(".filter").hidden = false;
    const texts = new Map();
    filter.addEventListener("input", () => {
      const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const card of cards) {
        if (!texts.has(card)) texts.set(card, card.textContent.toLowerCase());
        card.hidden = !words.every((word) => texts.get(card).includes(word));
        shown += card.hidden ? 0 : 1;
      }
      document.getElementById("filtered").textContent = words.length ? `${shown} of ${cards.length} cards` : "";
    });
  }

  const open = () => {
    const card = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (card && card.matches("details")) card.open = true;
  };
  addEventListener("hashchange", open);
  open();
})();
