// One thing `millrace doctor` looked at, and how to mend it.

export interface Finding {
  readonly check: string
  readonly isOk: boolean
  readonly detail: string
  /** It is wrong, but everything else goes on without it. */
  readonly isBearable?: true
  /** The statement or the setting that mends it. */
  readonly fix?: string
}
