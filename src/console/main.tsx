// The console's first script: asks who is signed in, and shows the page or the sign-in.

import './styles/console.css'
import { render } from 'preact'
import { Console } from './console.tsx'
import { applyTheme } from './part/theme.ts'

applyTheme()
const root = document.getElementById('console')
if (root !== null) {
  root.replaceChildren()
  render(<Console />, root)
}
