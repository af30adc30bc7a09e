// The panels of the dashboards: what they have in common, and where each stands. `node grafana/build.mjs` writes the files
// that Grafana reads; edit what is here, not those.

const DATASOURCE = { type: 'prometheus', uid: '$datasource' }
const COLUMNS = 24

/** A heading over the panels that follow. */
export function row(title) {
  return { type: 'row', title, collapsed: false, size: [COLUMNS, 1], panels: [] }
}

/**
 * Lines over time. `queries`: expressions to legends. `steps`: values from which on a colour holds. `stack`: for parts of
 * a whole.
 */
export function lines(title, { about, unit, queries, steps, stack = false, width = 8, min = 0 }) {
  return {
    ...panel('timeseries', title, { about, queries, size: [width, 8] }),
    fieldConfig: {
      defaults: {
        unit,
        min,
        custom: {
          drawStyle: 'line',
          lineWidth: 1,
          fillOpacity: stack ? 25 : 8,
          showPoints: 'never',
          spanNulls: false,
          stacking: { mode: stack ? 'normal' : 'none' },
          ...(steps && { thresholdsStyle: { mode: 'line' } }),
        },
        color: { mode: 'palette-classic' },
        ...(steps && { thresholds: thresholds(steps) }),
      },
      overrides: [],
    },
    options: {
      legend: { displayMode: 'table', placement: 'bottom', calcs: ['lastNotNull', 'max'], showLegend: true },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  }
}

/** One number, or one for each legend, coloured by steps, by what a value stands for, or by what it is called. */
export function stat(title, { about, unit, queries, steps = [], words = {}, colors = {}, width = 4, text = 'auto' }) {
  const mappings = Object.entries(words).map(([value, [said, color]]) => {
    return { type: 'value', options: { [value]: { text: said, color } } }
  })
  return {
    ...panel('stat', title, { about, queries, size: [width, 6], instant: true }),
    fieldConfig: {
      defaults: { unit, min: 0, mappings, color: { mode: 'thresholds' }, thresholds: thresholds(steps) },
      overrides: Object.entries(colors).map(([name, color]) => painted(name, color)),
    },
    options: {
      colorMode: 'background',
      graphMode: 'none',
      textMode: text,
      justifyMode: 'auto',
      orientation: 'auto',
      wideLayout: true,
      showPercentChange: false,
      percentChangeColorMode: 'standard',
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    },
  }
}

/** Bars side by side, for a few things to be compared as they are now. */
export function bars(title, { about, unit, queries, steps = [], width = 8 }) {
  return {
    ...panel('bargauge', title, { about, queries, size: [width, 8], instant: true }),
    fieldConfig: {
      defaults: { unit, min: 0, color: { mode: 'thresholds' }, thresholds: thresholds(steps) },
      overrides: [],
    },
    options: {
      orientation: 'horizontal',
      displayMode: 'basic',
      valueMode: 'color',
      namePlacement: 'auto',
      showUnfilled: true,
      sizing: 'auto',
      minVizWidth: 8,
      minVizHeight: 16,
      maxVizHeight: 300,
      legend: { displayMode: 'list', placement: 'bottom', calcs: [], showLegend: false },
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    },
  }
}

/** 50th and 99th percentile of a histogram, by one of its labels. */
export function percentiles(histogram, { by, where = '' }) {
  const rate = `rate(${histogram}_bucket${where}[$__rate_interval])`
  return Object.fromEntries(
    [50, 99].map((percent) => [
      `histogram_quantile(${percent / 100}, sum by (le, ${by}) (${rate}))`,
      `{{${by}}} p${percent}`,
    ]),
  )
}

function panel(type, title, { about, queries, size, instant = false }) {
  const targets = Object.entries(queries).map(([expr, legendFormat], index) => ({
    refId: String.fromCharCode(65 + index),
    expr,
    legendFormat,
    ...(instant && { instant: true }),
    datasource: DATASOURCE,
  }))
  return { type, title, description: about, size, datasource: DATASOURCE, targets }
}

/** What is called like this has a colour of its own. */
function painted(name, color) {
  return {
    matcher: { id: 'byRegexp', options: name },
    properties: [{ id: 'color', value: { mode: 'fixed', fixedColor: color } }],
  }
}

function thresholds(steps) {
  const [first = 'green'] = steps.filter((step) => typeof step === 'string')
  const others = steps.filter((step) => typeof step !== 'string')
  return {
    mode: 'absolute',
    steps: [{ color: first, value: null }, ...others.map(([value, color]) => ({ color, value }))],
  }
}

/** Numbers them, and puts them side by side as they come, row under row. */
export function placed(panels) {
  let [x, y, tallest] = [0, 0, 0]
  return panels.map(({ size: [w, h], ...one }, index) => {
    if (x + w > COLUMNS) [x, y, tallest] = [0, y + tallest, 0]
    const gridPos = { x, y, w, h }
    x += w
    tallest = Math.max(tallest, h)
    return { id: index + 1, ...one, gridPos }
  })
}
