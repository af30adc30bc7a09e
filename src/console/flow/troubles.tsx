// What is wrong, why, and what mends it: a sentence, the command, and the page of the console where it is done.

import type { FlowView } from '../../control/flow-view.ts'
import { CopyButton } from '../part/copy-button.tsx'
import { Icon } from '../part/icon.tsx'

export function Troubles({ troubles }: { readonly troubles: FlowView['troubles'] }) {
  if (troubles.length === 0) return null
  return (
    <section aria-label="What is wrong">
      <ul class="troubles">
        {troubles.map(({ severity, what, why, mend, command, link }) => (
          <li key={`${what} ${command}`} class={severity === 'critical' ? 'bad' : 'warn'}>
            <Icon name="alert" />
            <div>
              <p>
                <strong>{what}</strong> <span class="unseen">({severity})</span>
              </p>
              <p>{why}</p>
              <p class="quiet">{mend}</p>
              {(command !== null || link !== null) && (
                <p class="mend">
                  {command !== null && (
                    <>
                      <code>{command}</code>
                      <CopyButton text={command} label={`Copy ${command}`} />
                    </>
                  )}
                  {link !== null && (
                    <a href={link} aria-label={`Show here: ${what}`}>
                      Show here
                    </a>
                  )}
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
