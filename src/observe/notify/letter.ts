// A message as a mail: plain text, and HTML of tables and inline styles, which is all that mail programs agree on. Colours
// hold on a dark ground as on a light one.

import type { Message, Section } from './message.ts'

export interface Letter {
  readonly subject: string
  readonly text: string
  readonly html: string
}

const WIDTH = 600
const TONES: Readonly<Record<Message['tone'], string>> = {
  critical: '#c62828',
  warning: '#b26a00',
  good: '#2e7d32',
  plain: '#455a64',
}
const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"
const MONO = 'font-family:ui-monospace,Menlo,Consolas,monospace;font-size:13px;'
const DARK =
  '@media (prefers-color-scheme:dark){.ground{background:#16181c!important}.sheet{background:#22252b!important;border-color:#3a3f47!important}' +
  '.ink{color:#e8eaed!important}.soft{color:#a9b0ba!important}.code{background:#16181c!important;color:#e8eaed!important}.link{color:#8ab4f8!important}}'

export function letter(message: Message): Letter {
  return { subject: message.subject, text: plain(message), html: html(message) }
}

function plain({ lead, sections, notes }: Message): string {
  const parts = sections.map(({ title, facts, command, link }) => {
    const lines = facts.map(({ label, text }) => `  ${label}: ${text}`)
    const more = [...(command === null ? [] : [`  Run: ${command}`]), ...(link === null ? [] : [`  See: ${link}`])]
    return [title, ...lines, ...more].join('\n')
  })
  // Two dashes and a space begin a signature, which programs show smaller and leave out of answers.
  return `${[lead, ...parts, ['-- ', ...notes].join('\n')].join('\n\n')}\n`
}

function html({ tone, subject, lead, sections, notes }: Message): string {
  const color = TONES[tone]
  const head = `<td style="padding:16px 24px;background:${color};color:#ffffff;font-size:18px;font-weight:600">${escaped(subject.replace('[millrace] ', ''))}</td>`
  const first = `<td class="ink" style="padding:20px 24px 4px;color:#202124;font-size:15px;line-height:1.5">${escaped(lead)}</td>`
  const below = `<td class="soft" style="padding:16px 24px 20px;color:#5f6368;font-size:12px;line-height:1.5">${notes.map(escaped).join('<br>')}</td>`
  const rows = [head, first, ...sections.map(sectionCell), below].map((cell) => `<tr>${cell}</tr>`)
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>${escaped(subject)}</title><style>${DARK}</style></head>`,
    `<body class="ground" style="margin:0;padding:0;background:#f1f3f4"><table role="presentation" class="ground" width="100%" cellpadding="0" cellspacing="0" style="background:#f1f3f4"><tr><td align="center" style="padding:24px 12px">`,
    `<table role="presentation" class="sheet" width="${WIDTH}" cellpadding="0" cellspacing="0" style="width:100%;max-width:${WIDTH}px;background:#ffffff;border:1px solid #dadce0;border-collapse:collapse;${FONT}">`,
    ...rows,
    '</table></td></tr></table></body></html>',
  ].join('\n')
}

function sectionCell({ title, facts, command, link }: Section): string {
  const rows = facts.map(({ label, text }) => {
    const style = 'padding:3px 12px 3px 0;font-size:14px;line-height:1.45;vertical-align:top'
    return `<tr><td class="soft" style="${style};color:#5f6368;white-space:nowrap">${escaped(label)}</td><td class="ink" style="${style};color:#202124">${escaped(text)}</td></tr>`
  })
  const run =
    command === null
      ? ''
      : `<div class="code" style="${MONO}margin-top:8px;padding:8px 10px;background:#f1f3f4;color:#202124">${escaped(command)}</div>`
  const see =
    link === null
      ? ''
      : `<div style="margin-top:8px;font-size:14px"><a class="link" href="${escaped(link)}" style="color:#1a56c4">Open it in the console</a></div>`
  return `<td style="padding:12px 24px"><div class="ink" style="margin-bottom:4px;color:#202124;font-size:16px;font-weight:600">${escaped(title)}</div><table role="presentation" cellpadding="0" cellspacing="0">${rows.join('')}</table>${run}${see}</td>`
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/gu, (found) => ESCAPES[found] ?? found)
}
