// What was checked when an import was done, and what came of it.

import type { RunView } from '../../control/run-view.ts'
import { Badge } from '../part/badge.tsx'
import { count } from '../part/figures.ts'
import { ScrollFrame } from '../part/scroll-frame.tsx'
import { type Column, TableHead } from '../part/table-head.tsx'

type Checks = NonNullable<RunView['integrity']>

const NUMBERS: readonly Column[] = ['Expected', 'Found'].map((title) => ({ title, kind: 'number' }))
const COLUMNS = ['Table', 'Check', 'Result', ...NUMBERS]

export function Integrity({ checks }: { readonly checks: Checks }) {
  return (
    <section class="figures" aria-labelledby="integrity">
      <h2 id="integrity">Checks</h2>
      <ScrollFrame label="Checks of the imported tables">
        <table>
          <caption class="unseen">Checks of the imported tables</caption>
          <TableHead columns={COLUMNS} />
          <tbody>
            {checks.map(({ table, check, name, expected, found, ok, why }) => (
              <tr key={`${table} ${check} ${name}`}>
                <th scope="row">{table}</th>
                <td>
                  {check}: {name}
                </td>
                <td>
                  <Badge tone={ok ? 'good' : 'bad'}>{ok ? 'as it should be' : 'amiss'}</Badge>
                  {!ok && why !== null && <span class="route">{why}</span>}
                </td>
                <td class="number">{count(expected)}</td>
                <td class="number">{found === null ? '–' : count(found)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollFrame>
    </section>
  )
}
