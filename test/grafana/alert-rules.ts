// Reads grafana/alerts.yml as far as tests need it; that it is sound YAML is for promtool to say.

/** The severity of each alert, by its name. */
export function alertNames(text: string): ReadonlyMap<string, string> {
  return new Map(blocks(text).map((block) => [value(block, /- alert: (\w+)/u), value(block, /severity: (\w+)/u)]))
}

/** Names of alerts to what each is asked by, and where its runbook is. */
export function alertRules(
  text: string,
): readonly { readonly alert: string; readonly expr: string; readonly runbook: string }[] {
  return blocks(text).map((block) => ({
    alert: value(block, /- alert: (\w+)/u),
    expr: value(block, /^\s+expr: (.+)$/mu),
    runbook: value(block, /runbook_url: (.+)$/mu),
  }))
}

function blocks(text: string): readonly string[] {
  return text.split(/(?=^ +- alert: )/mu).slice(1)
}

function value(block: string, pattern: RegExp): string {
  const found = pattern.exec(block)?.[1]
  if (found === undefined) throw new Error(`an alert has no ${pattern.source}:\n${block}`)
  return found
}
