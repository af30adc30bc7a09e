// The terminal's other screen, drawn over in place; what was there before comes back when it closes.

import type { Terminal } from '../terminal.ts'

const ENTER = '\u001b[?1049h\u001b[?25l'
const LEAVE = '\u001b[?25h\u001b[?1049l'
const HOME = '\u001b[H'
const CLEAR_LINE = '\u001b[K'
const CLEAR_BELOW = '\u001b[J'

export class Screen implements Disposable {
  readonly #terminal: Terminal

  constructor(terminal: Terminal) {
    this.#terminal = terminal
    terminal.print(ENTER)
  }

  draw(lines: readonly string[]): void {
    const shown = lines.slice(0, this.#terminal.rows)
    this.#terminal.print(`${HOME}${shown.map((line) => line + CLEAR_LINE).join('\n')}${CLEAR_BELOW}`)
  }

  [Symbol.dispose](): void {
    this.#terminal.print(LEAVE)
  }
}
