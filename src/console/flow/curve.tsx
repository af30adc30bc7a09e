// The last minute of a rate, as a small curve.

const WIDTH = 96
const HEIGHT = 22
const POINTS = 60

export function Curve({ values }: { readonly values: readonly number[] }) {
  const most = Math.max(...values, 1)
  const points = values.map((value, at) => {
    const x = ((at + POINTS - values.length) / (POINTS - 1)) * WIDTH
    return `${x.toFixed(1)},${(HEIGHT - 1 - (value / most) * (HEIGHT - 3)).toFixed(1)}`
  })
  return (
    <svg class="curve" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" focusable="false">
      <polyline points={points.join(' ')} />
    </svg>
  )
}
