// Puts the changed part of the page in its place. Without this script the page says the same when it is loaded again.
"use strict";
const source = new EventSource(`/events?since=${document.querySelector("main").dataset.seen}`);
source.addEventListener("changed", async () => {
  // What somebody is filling in is not taken from under their hands.
  const busy = document.activeElement && document.activeElement.matches("input, select, textarea");
  if (busy || document.querySelector("details[open]")) {
    document.getElementById("stale").hidden = false;
    return;
  }
  const answer = await fetch("/part", { credentials: "same-origin" });
  if (answer.status === 401) {
    location.assign("/login");
  } else if (answer.ok) {
    document.querySelector("main").innerHTML = await answer.text();
    document.getElementById("stale").hidden = true;
  }
});
