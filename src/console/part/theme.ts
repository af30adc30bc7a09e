// Light or dark: as the system has it, unless somebody has chosen.

import { signal } from '@preact/signals'

const KEPT_AS = 'millrace.theme'
const system = matchMedia('(prefers-color-scheme: dark)')

const chosen = signal<'light' | 'dark' | null>(kept())
const isSystemDark = signal(system.matches)

system.addEventListener('change', ({ matches }) => {
  isSystemDark.value = matches
  applyTheme()
})

export function isDark(): boolean {
  return chosen.value === null ? isSystemDark.value : chosen.value === 'dark'
}

export function applyTheme(): void {
  document.documentElement.dataset.theme = isDark() ? 'dark' : 'light'
}

export function switchTheme(): void {
  chosen.value = isDark() ? 'light' : 'dark'
  keep(chosen.value)
  applyTheme()
}

/** A browser may forbid pages to keep anything; what was chosen then holds until the page is left. */
function keep(value: string): void {
  try {
    localStorage.setItem(KEPT_AS, value)
  } catch {}
}

function kept(): 'light' | 'dark' | null {
  try {
    const value = localStorage.getItem(KEPT_AS)
    return value === 'light' || value === 'dark' ? value : null
  } catch {
    return null
  }
}
