// How far something has come, of what is known to be there.

interface ProgressBarProps {
  readonly done: number
  /** Null: nobody knows. */
  readonly of: number | null
  readonly label: string
}

export function ProgressBar({ done, of, label }: ProgressBarProps) {
  const share = of === null || of === 0 ? undefined : Math.min(1, done / of)
  return <progress aria-label={label} max={1} value={share} />
}
