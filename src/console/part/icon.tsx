// Small line drawings; what they mean is always said in words beside them.

const PATHS = {
  alert: 'M12 8v5m0 3.5v.01M10.3 3.9 2.4 17.6A2 2 0 0 0 4.1 20.6h15.8a2 2 0 0 0 1.7-3L13.7 3.9a2 2 0 0 0-3.4 0Z',
  audit: 'M8 4h8a2 2 0 0 1 2 2v14l-3-2-3 2-3-2-3 2V6a2 2 0 0 1 2-2Zm1 5h6m-6 4h6',
  back: 'm15 5-7 7 7 7',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  clock: 'M12 7v5l3.5 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z',
  close: 'M6 6l12 12M18 6 6 18',
  conflict: 'M7 4v6a4 4 0 0 0 4 4h2a4 4 0 0 1 4 4v2M17 4v6M7 14v6',
  copy: 'M9 9h10v11H9zM5 15V4h10',
  dead: 'M4 7h16v12H4zM4 7l8 7 8-7',
  flow: 'M4 7h9a4 4 0 0 1 0 8H8m0 0 3-3m-3 3 3 3M17 7h3',
  forward: 'm9 5 7 7-7 7',
  keys: 'M3 7h18v10H3zM7 10.5v.01M11 10.5v.01M15 10.5v.01M8 14h8',
  menu: 'M4 7h16M4 12h16M4 17h16',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z',
  out: 'M14 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4M10 8l-4 4 4 4M6 12h9',
  run: 'M7 5.5v13l11-6.5z',
  search: 'm20 20-4.5-4.5M18 11a7 7 0 1 1-14 0 7 7 0 0 1 14 0Z',
  sync: 'M20 11A8 8 0 0 0 6 6.3L4 8.5m0-4.5v4.5h4.5M4 13a8 8 0 0 0 14 4.7l2-2.2m0 4.5v-4.5h-4.5',
  verify: 'm9 12 2.2 2.2L15.5 10M12 3l7.5 3v6c0 4.5-3 7.6-7.5 9-4.5-1.4-7.5-4.5-7.5-9V6z',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  )
}
