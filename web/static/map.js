/* The map: every page a point on a canvas, colored by specialty, that can be moved, zoomed, searched and read. */

const place = document.getElementById("map");
const NEAR_PX = 14; // so near the pointer a point is meant
const FOUND = 12;
const MOST_ZOOM = 40;
const GOLDEN = 137.508; // degrees from one color to the next: neighbors in the list are far apart in hue

if (place) start().catch(() => say(place.dataset.failed));

async function start() {
  say(place.dataset.loading);
  const answer = await fetch(place.dataset.points);
  if (!answer.ok) throw new Error(String(answer.status));
  draw(await answer.json());
  say("");
}

function say(text) {
  place.querySelector(".map-status").textContent = text;
}

function draw(data) {
  const { d3 } = window;
  const canvas = place.querySelector("canvas");
  const tip = place.querySelector(".map-tip");
  const paint = canvas.getContext("2d");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const tree = d3.quadtree(range(data.ids.length), (n) => data.x[n], (n) => data.y[n]);
  const row = new Map(data.ids.map((id, n) => [id, n]));
  const titles = new Map();
  let view = d3.zoomIdentity;
  let width = 0;
  let height = 0;
  let alone = -1;
  let found = [];
  let pointed = -1;

  const zoom = d3.zoom().scaleExtent([1, MOST_ZOOM]).filter(moves).on("zoom", ({ transform }) => {
    view = transform;
    render();
  });
  const stage = d3.select(canvas).call(zoom);
  new ResizeObserver(resize).observe(canvas);
  dark.addEventListener("change", () => (legend(), render()));
  canvas.addEventListener("pointermove", (event) => point(nearest(event)));
  canvas.addEventListener("pointerleave", () => point(-1));
  canvas.addEventListener("click", (event) => open(nearest(event)));
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
    const factor = { "+": 1.5, "=": 1.5, "-": 1 / 1.5 }[event.key];
    if (step) stage.call(zoom.translateBy, step[0] / view.k, step[1] / view.k);
    else if (factor) stage.call(zoom.scaleBy, factor);
    else return;
    event.preventDefault();
  });
  for (const button of place.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => {
      const how = button.dataset.zoom;
      if (how === "all") stage.call(zoom.transform, d3.zoomIdentity);
      else stage.call(zoom.scaleBy, how === "in" ? 2 : 0.5);
    });
  }
  place.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    search(place.querySelector("#map-q").value.trim()).catch(() => say(place.dataset.failed));
  });
  legend();

  /* One finger scrolls the page as everywhere, two move the map. */
  function moves(event) {
    return !event.button && (!event.touches || event.touches.length > 1);
  }

  function resize() {
    const ratio = window.devicePixelRatio || 1;
    width = canvas.clientWidth;
    height = canvas.clientHeight;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    paint.setTransform(ratio, 0, 0, ratio, 0, 0);
    zoom.extent([[0, 0], [width, height]]).translateExtent([[-40, -40], [width + 40, height + 40]]);
    render();
  }

  function at(n) {
    const pad = 14;
    return view.apply([pad + (data.x[n] / 1000) * (width - 2 * pad), pad + (data.y[n] / 1000) * (height - 2 * pad)]);
  }

  function color(number) {
    if (number === 0) return dark.matches ? "#75868a" : "#8b9896";
    const light = dark.matches ? 66 : 42;
    return `hsl(${(number * GOLDEN) % 360} 62% ${light + (number % 3) * 5}%)`;
  }

  function render() {
    paint.clearRect(0, 0, width, height);
    const size = Math.min(7, (data.ids.length > 4000 ? 1.6 : data.ids.length > 600 ? 2.6 : 4.2) * Math.sqrt(view.k));
    for (let n = 0; n < data.ids.length; n += 1) {
      const [x, y] = at(n);
      if (x < -8 || y < -8 || x > width + 8 || y > height + 8) continue;
      paint.globalAlpha = alone >= 0 && data.specialty[n] !== alone ? 0.08 : 0.85;
      paint.fillStyle = color(data.specialty[n]);
      paint.beginPath();
      paint.arc(x, y, size, 0, 7);
      paint.fill();
    }
    paint.globalAlpha = 1;
    found.forEach((n, number) => ring(n, size + 4, String(number + 1)));
    if (pointed >= 0) ring(pointed, size + 3, "");
  }

  function ring(n, size, text) {
    const [x, y] = at(n);
    paint.strokeStyle = dark.matches ? "#fff" : "#111";
    paint.fillStyle = paint.strokeStyle;
    paint.lineWidth = 2;
    paint.beginPath();
    paint.arc(x, y, size, 0, 7);
    paint.stroke();
    if (text) {
      paint.font = "600 13px system-ui, sans-serif";
      paint.fillText(text, x + size + 2, y - size + 3);
    }
  }

  function nearest(event) {
    const bounds = canvas.getBoundingClientRect();
    const pad = 14;
    const [x, y] = view.invert([event.clientX - bounds.left, event.clientY - bounds.top]);
    const scale = { x: 1000 / (width - 2 * pad), y: 1000 / (height - 2 * pad) };
    const reach = (NEAR_PX / view.k) * Math.max(scale.x, scale.y);
    return tree.find((x - pad) * scale.x, (y - pad) * scale.y, reach) ?? -1;
  }

  async function point(n) {
    if (n === pointed) return;
    pointed = n;
    canvas.classList.toggle("on-point", n >= 0);
    tip.hidden = n < 0;
    render();
    if (n < 0) return;
    const [x, y] = at(n);
    tip.classList.toggle("left", x > width / 2);
    tip.style.setProperty("--x", `${x}px`);
    tip.style.setProperty("--y", `${y}px`);
    tip.textContent = "…";
    const title = await titleOf(n);
    if (pointed === n) tip.textContent = `${title} (${data.specialty[n] ? data.specialties[data.specialty[n]] : place.dataset.none})`;
  }

  async function titleOf(n) {
    const id = data.ids[n];
    if (!titles.has(id)) {
      const answer = await fetch(place.dataset.record.replace("ID", encodeURIComponent(id)));
      const record = answer.ok ? await answer.json() : {};
      titles.set(id, record.title || record.question?.slice(0, 90) || id);
    }
    return titles.get(id);
  }

  function open(n) {
    if (n >= 0) location.href = place.dataset.page.replace("ID", encodeURIComponent(data.ids[n]));
  }

  async function search(text) {
    const list = place.querySelector(".map-found");
    found = [];
    list.hidden = true;
    render();
    if (!text) return say("");
    const answer = await fetch(place.dataset.search, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ q: text, k: FOUND }),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const results = await answer.json();
    if (results.no_close_match) return say(place.dataset.nothing);
    const close = results.results.filter((result) => result.match !== "same topic" && row.has(result.id));
    found = close.map((result) => row.get(result.id));
    list.hidden = found.length === 0;
    list.querySelector("ol").replaceChildren(...close.map((result) => entry(result)));
    say(place.dataset.found);
    render();
  }

  function entry(result) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = place.dataset.page.replace("ID", encodeURIComponent(result.id));
    link.textContent = result.title || result.id;
    item.append(link);
    return item;
  }

  function legend() {
    const counts = data.specialties.map(() => 0);
    for (const number of data.specialty) counts[number] += 1;
    const order = range(counts.length).filter((n) => counts[n]).sort((a, b) => counts[b] - counts[a]);
    place.querySelector(".map-legend").replaceChildren(...order.map((number) => choice(number, counts[number])));
  }

  function choice(number, count) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const dot = document.createElement("span");
    const many = document.createElement("span");
    button.type = "button";
    button.setAttribute("aria-pressed", String(alone === number));
    dot.className = "dot";
    dot.style.setProperty("--dot", color(number));
    many.className = "count";
    many.textContent = count.toLocaleString(document.documentElement.lang);
    button.append(dot, number ? data.specialties[number] : place.dataset.none, many);
    button.addEventListener("click", () => {
      alone = alone === number ? -1 : number;
      for (const other of place.querySelectorAll(".map-legend button")) other.setAttribute("aria-pressed", "false");
      button.setAttribute("aria-pressed", String(alone === number));
      render();
    });
    item.append(button);
    return item;
  }
}

function range(count) {
  return Array.from({ length: count }, (_, number) => number);
}
