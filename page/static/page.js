// Complete without it: this only refreshes what moves, and keeps what was typed where no network reaches.
"use strict";
(() => {
  const moving = document.querySelector("[data-refresh]");
  if (moving) {
    const every = Number(moving.dataset.refresh) * 1000;
    const look = async () => {
      if (document.visibilityState === "visible") {
        try {
          const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-cache" });
          if (answer.ok && !answer.redirected) {
            const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-refresh]");
            if (fresh && fresh.innerHTML !== moving.innerHTML) { moving.innerHTML = fresh.innerHTML; }
          }
        } catch { /* the network comes back, or it does not */ }
      }
      setTimeout(look, every);
    };
    setTimeout(look, every);
  }
  const form = document.querySelector("form[data-draft]");
  const key = "sodien-draft";
  const names = ["reading", "day", "time", "by"];
  if (form) {
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(key) || "null"); } catch { /* private mode */ }
    if (kept && kept.reading && !form.elements.reading.value) {
      for (const name of names) { if (kept[name]) { form.elements[name].value = kept[name]; } }
    }
    form.addEventListener("input", () => {
      const now = {};
      for (const name of names) { now[name] = form.elements[name].value; }
      try { localStorage.setItem(key, JSON.stringify(now)); } catch { /* private mode */ }
    });
  }
  const sent = document.querySelector("form[data-sent]");
  if (sent) { sent.addEventListener("submit", () => { try { localStorage.removeItem(key); } catch { /* private mode */ } }); }
})();
