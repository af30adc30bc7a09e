// What went wrong with a request, in the shape the API says it in.

export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly hint: string

  constructor(status: number, told: { readonly code: string; readonly message: string; readonly hint: string }) {
    super(told.message)
    this.status = status
    this.code = told.code
    this.hint = told.hint
  }

  /** Nobody answered at all. */
  get isSilence(): boolean {
    return this.status === 0
  }
}
