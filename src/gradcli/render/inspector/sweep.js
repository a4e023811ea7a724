// Stepping and playing.

// A short graph is played slowly enough to read, a long one in about a minute.
const STEP_TIME = Math.max(200, Math.min(1100, 60_000 / steps.length));
let playing = 0;

function goToStep(step, speak = true) {
  app.step = Math.min(steps.length, Math.max(0, step));
  refresh();
  if (speak) speakStep();
  const now = current();
  const card = now ? views[app.view].cardOf.get(now.node) : undefined;
  if (card !== undefined) reveal(parts(app.view).cards[card].box);
  followTable();
}

function pause() {
  clearInterval(playing);
  playing = 0;
  delete byId("play").dataset.playing;
  byId("play").setAttribute("aria-label", "Play");
}

function play() {
  if (app.step === steps.length) goToStep(0);
  byId("play").dataset.playing = "";
  byId("play").setAttribute("aria-label", "Pause");
  playing = setInterval(() => {
    goToStep(app.step + 1);
    if (app.step === steps.length) pause();
  }, STEP_TIME);
}

function step(by) {
  pause();
  goToStep(app.step + by);
}

function togglePlay() {
  if (playing) pause();
  else play();
}

function prepareSweep() {
  if (!steps.length) return;
  byId("transport").hidden = false;
  const slider = byId("slider");
  slider.max = steps.length;
  slider.addEventListener("input", () => {
    pause();
    goToStep(Number(slider.value), false);
  });
  byId("sweeps").append(...["forward", ...outputs.map(({ name }) => `reverse, ${name}`)].map((name, place) => {
    const part = make("span", {}, name);
    part.style.flex = `${nodes.length} 1 0`;
    part.dataset.place = place;
    return part;
  }));
}

function refreshSweep() {
  if (!steps.length) return;
  const slider = byId("slider");
  const now = current();
  slider.value = app.step;
  slider.setAttribute("aria-valuetext", now ? `${sweepName(now)}, ${nodes[now.node].name}` : "before the first step");
  byId("count").textContent = `${app.step} / ${steps.length}`;
  const place = !now ? -1 : now.sweep === "forward" ? 0 : now.output + 1;
  [...byId("sweeps").children].forEach((part, k) => part.classList.toggle("now", k === place));
  const ends = { first: app.step === 0, back: app.step === 0, next: app.step === steps.length, last: app.step === steps.length };
  for (const [id, off] of Object.entries(ends)) byId(id).setAttribute("aria-disabled", off);
}
