// What was checked when an import was done, and what came of it.

import type { RunView } from '../../control/run-view.ts'
import { Badge } from '../part/badge.tsx'
import { count } from '../part/figures.ts'
import { ScrollFrame } from '../part/scroll-frame.tsx'

type Checks = NonNullable<RunView['integrity']>

export function Integrity({ checks }: { readonly checks: Checks }) {
  return (
    <section class="figures" aria-labelledby="integrity">
      <h2 id="integrity">Checks</h2>
      <ScrollFrame label="Checks of the imported tables">
        <table>
          <thead>
            <tr>
              <th scope="col">Table</th>
              <th scope="col">Check</th>
              <th scope="col">Result</th>
              <th scope="col" class="number">
                Expected
              </th>
              <th scope="col" class="number">
                Found
              </th>
            </tr>
          </thead>
          <tbody>
            {checks.map(({ table, check, name, expected, found, ok, why }) => (
              <tr key={`${table} ${check} ${name}`}>
                <th scope="row">{table}</th>
                <td>
                  {check}: {name}
                </td>
                <td>
                  <Badge tone={ok ? 'good' : 'bad'}>{ok ? 'as it should be' : (why ?? 'amiss')}</Badge>
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
