// The one chart. Reads what the server wrote beside it as JSON and draws it; never computes a figure of its own.
// Colours come from the tokens, so light and dark are the same code; "as usual" is always dashed.
let echarts; // a megabyte: fetched where there is something to draw, so that lists and forms do without

const drawn = new Map();
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const palette = () => ({
  ink: token("--ink"), soft: token("--soft"), line: token("--line"), strong: token("--line-strong"), surface: token("--surface"),
  usual: token("--chart-usual"), warn: token("--warn-mark"), bad: token("--bad"), good: token("--good"),
  order: ["--chart-1", "--chart-2", "--chart-3", "--chart-4"].map(token), font: token("--sans"),
});

const number = (value, digits) => value == null ? "—" : Number(value).toLocaleString(document.documentElement.lang,
  { minimumFractionDigits: digits, maximumFractionDigits: digits });
const worded = (value, data) => value == null ? "—" : `${data.before ?? ""}${number(value, data.digits ?? 1)}${data.after ?? ""}`;

function common(data, colour) {
  return {
    animationDuration: 200, aria: { enabled: false }, textStyle: { fontFamily: colour.font, color: colour.soft },
    grid: { left: 4, right: 8, top: data.series.length < 2 ? 16 : data.narrow ? 58 : 34, bottom: 4, containLabel: true },
    tooltip: {
      trigger: "axis", confine: true, backgroundColor: colour.surface, borderColor: colour.strong, padding: [10, 12],
      textStyle: { color: colour.ink, fontSize: 12.5, fontFamily: colour.font }, axisPointer: { type: "shadow", shadowStyle: { opacity: 0.06 } },
      formatter: (points) => tip(data, points),
    },
    legend: { show: data.series.length > 1, right: 0, top: 0, itemWidth: 14, itemHeight: 8, itemGap: 14, textStyle: { color: colour.soft, fontSize: 12 } },
    xAxis: { type: "category", data: data.labels, axisTick: { show: false }, axisLine: { lineStyle: { color: colour.strong } },
      axisLabel: { color: colour.soft, fontSize: 12, hideOverlap: true } },
    yAxis: { type: "value", splitNumber: 4, ...(data.digits === 0 ? { minInterval: 1 } : {}), ...(data.top ? { max: data.top, interval: data.top / 4 } : {}), axisLabel: { color: colour.soft, fontSize: 12 }, splitLine: { lineStyle: { color: colour.line } },
      axisLine: { show: false }, axisTick: { show: false } },
  };
}

const escaped = (text) => String(text).replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
function tip(data, points) {
  const index = points[0].dataIndex;
  const lines = data.series.map((series) => {
    const point = points.find((one) => one.seriesName === series.name);
    return `<tr><td>${point?.marker ?? ""}${escaped(series.name)}</td><td align="right"><b>${worded(series.values[index], data)}</b></td></tr>`;
  });
  const told = data.notes?.[index] ? `<div>${escaped(data.notes[index])}</div>` : "";
  return `<div>${escaped((data.long ?? data.labels)[index])}</div><table cellspacing="0" cellpadding="2">${lines.join("")}</table>${told}`;
}

const SHAPES = {
  bar: (colour) => ({ type: "bar", barMaxWidth: 22, itemStyle: { color: colour, borderRadius: [3, 3, 0, 0] } }),
  line: (colour) => ({ type: "line", symbol: "circle", symbolSize: 4, showSymbol: false, lineStyle: { width: 2, color: colour }, itemStyle: { color: colour } }),
  usual: (_, colours) => ({ type: "line", symbol: "none", lineStyle: { width: 1.5, type: [5, 4], color: colours.usual }, itemStyle: { color: colours.usual } }),
};

function months(data, colour) {
  let next = 0;
  const series = data.series.map((one) => ({
    name: one.name, data: one.values, connectNulls: false,
    ...SHAPES[one.shape](one.shape === "usual" ? colour.usual : colour.order[next++], colour),
  }));
  return { ...common(data, colour), series };
}

// Hours of a week against what there is: over the limit is another colour and another pattern.
function load(data, colour) {
  const [bars] = data.series, peak = Math.max(data.limit ?? 0, ...bars.values);
  const shown = bars.values.map((value) => ({
    value, itemStyle: { color: value > data.limit ? colour.warn : colour.order[0], borderRadius: [3, 3, 0, 0],
      decal: value > data.limit ? { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: Math.PI / 4, color: "rgba(255,255,255,.28)" } : undefined },
  }));
  const base = common(data, colour);
  return {
    ...base, grid: { left: 2, right: 42, top: 20, bottom: 24, containLabel: false }, yAxis: { show: false, max: peak * 1.12 },
    series: [{
      name: bars.name, type: "bar", barWidth: 24, data: shown, label: { show: true, position: "top", color: colour.ink, fontSize: 12,
        formatter: (point) => point.value ? worded(point.value, data) : "" },
      markLine: data.limit ? { silent: true, symbol: "none", lineStyle: { type: [5, 4], color: colour.usual },
        label: { formatter: worded(data.limit, data), color: colour.soft, position: "end", distance: 3 }, data: [{ yAxis: data.limit }] } : undefined,
    }],
  };
}

// Points that lead from the starting score to the firm's own, one step per reason.
function points(data, colour) {
  const [steps] = data.series, hanging = [], shown = [];
  let at = 0;
  steps.values.forEach((value, index) => {
    const whole = data.whole?.includes(index), from = whole ? 0 : at, to = whole ? value : at + value;
    hanging.push(Math.min(from, to) - (data.floor ?? 0) * 0);
    shown.push({ value: Math.abs(to - from), itemStyle: { color: whole ? colour.order[3] : value < 0 ? colour.bad : colour.good, borderRadius: 3 } });
    at = to;
  });
  const low = Math.min(...hanging.filter((_, index) => !data.whole?.includes(index)));
  const base = common(data, colour);
  return {
    ...base, grid: { left: 4, right: 46, top: 6, bottom: 4, containLabel: true },
    tooltip: { ...base.tooltip, formatter: (found) => `${escaped((data.long ?? data.labels)[found[0].dataIndex])}<br><b>${label(steps.values, data, found[0].dataIndex)}</b>` },
    xAxis: { type: "value", show: false, min: Math.max(0, Math.floor(low - 12)) },
    yAxis: { type: "category", inverse: true, data: data.labels, axisTick: { show: false }, axisLine: { show: false },
      axisLabel: { color: colour.ink, fontSize: 12.5, width: data.wide ? 300 : 150, overflow: "truncate" } },
    series: [
      { type: "bar", stack: "points", silent: true, itemStyle: { color: "transparent" }, data: hanging, tooltip: { show: false } },
      { type: "bar", stack: "points", name: steps.name, barWidth: 14, data: shown,
        label: { show: true, position: "right", color: colour.ink, fontSize: 12.5, formatter: (point) => label(steps.values, data, point.dataIndex) } },
    ],
  };
}
const label = (values, data, index) => `${!data.whole?.includes(index) && values[index] > 0 ? "+" : ""}${worded(values[index], data)}`.replace("-", "−");

const KINDS = { months, load, points };

function draw(box) {
  const data = JSON.parse(box.querySelector("script").textContent);
  const canvas = box.querySelector(".canvas");
  data.wide = canvas.clientWidth > 560;
  data.narrow = canvas.clientWidth < 420 && data.series.map((one) => one.name).join("").length > 20;
  drawn.get(canvas)?.dispose();
  const chart = echarts.init(canvas, null, { renderer: "svg" });
  chart.setOption(KINDS[data.kind](data, palette()));
  if (data.drill) chart.on("click", (point) => { if (data.drill[point.dataIndex]) location.href = data.drill[point.dataIndex]; });
  drawn.set(canvas, chart);
  resizing.observe(canvas);
}
const resizing = new ResizeObserver((entries) => entries.forEach(({ target }) => drawn.get(target)?.resize()));

async function drawAll(root = document) {
  for (const [canvas, chart] of drawn) if (!canvas.isConnected) { chart.dispose(); drawn.delete(canvas); resizing.unobserve(canvas); }
  const boxes = [...root.querySelectorAll(".chart")];
  if (!boxes.length) return;
  echarts ??= await import("../vendor/echarts.js");
  boxes.filter((box) => box.isConnected).forEach(draw);
}
drawAll();
document.body.addEventListener("htmx:afterSwap", (event) => drawAll(event.detail.target));
document.addEventListener("theme", () => drawAll());
