// What the dashboards have in common: variables, annotations, links between them and to the console.

import { placed } from './panels.mjs'

const DATASOURCE = { type: 'prometheus', uid: '$datasource' }

const VARIABLES = {
  instance: ['Process', 'label_values(millrace_ready, instance)'],
  source: ['Source', 'label_values(millrace_capture_batches_total, source)'],
  connector: ['Connector', 'label_values(millrace_dead_letters, connector)'],
}

const ANNOTATIONS = [
  annotation('Parts', {
    expr: 'changes(millrace_part_state{instance=~"$instance"}[1m]) > 0 and millrace_part_state == 1',
    title: '{{part}} is {{state}}',
    color: 'orange',
  }),
  annotation('Runs', {
    expr: 'sum by (connector, kind, state) (increase(millrace_runs_ended_total{connector=~"$connector"}[1m])) > 0',
    title: '{{kind}} of {{connector}}: {{state}}',
    color: 'blue',
  }),
  annotation('Starts', {
    expr: 'time() - process_start_time_seconds{job="millrace",instance=~"$instance"} < 60',
    title: '{{instance}} has started',
    color: 'purple',
  }),
]

/** The file of one dashboard, as Grafana reads it. */
export function dashboard({ uid, title, about, panels, from = 'now-1h' }) {
  return {
    uid,
    title,
    description: about,
    tags: ['millrace'],
    timezone: 'browser',
    schemaVersion: 41,
    editable: true,
    graphTooltip: 1,
    refresh: '10s',
    time: { from, to: 'now' },
    templating: { list: [datasource(), ...Object.entries(VARIABLES).map(variable), consoleAddress()] },
    annotations: { list: ANNOTATIONS },
    links: [
      link({ type: 'dashboards', title: 'millrace', tags: ['millrace'], keepTime: true, includeVars: true }),
      link({ type: 'link', title: 'Console', url: '$console', icon: 'external link', targetBlank: true }),
    ],
    panels: placed(panels),
  }
}

function link(one) {
  const plain = { icon: 'dashboard', tooltip: '', tags: [], asDropdown: false, targetBlank: false }
  return { ...plain, keepTime: false, includeVars: false, ...one }
}

function datasource() {
  return { name: 'datasource', type: 'datasource', label: 'Data source', query: 'prometheus' }
}

function variable([name, [label, query]]) {
  return {
    name,
    label,
    type: 'query',
    datasource: DATASOURCE,
    query: { query, refId: name },
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: '.*',
    current: { text: 'All', value: '$__all' },
  }
}

function consoleAddress() {
  const address = 'http://127.0.0.1:8080'
  return {
    name: 'console',
    type: 'textbox',
    label: 'Console',
    query: address,
    current: { text: address, value: address },
  }
}

function annotation(name, { expr, title, color }) {
  return { name, datasource: DATASOURCE, enable: true, expr, step: '60s', titleFormat: title, iconColor: color }
}
