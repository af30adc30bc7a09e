// What cannot be drawn says so, and leaves the rest of the page as it is.

import { Component, type ComponentChildren, createRef } from 'preact'
import { ApiError } from './api-error.ts'
import { Failure } from './failure.tsx'

interface BoundaryProps {
  readonly children: ComponentChildren
  readonly title: string
  /** What is drawn: of something else, it is tried anew. */
  readonly of?: string
}

interface BoundaryState {
  readonly broken: string | null
}

const HINT = 'Load the page again; the other pages go on. Should it come back, please report it with this message.'

export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { broken: null }

  readonly #heading = createRef<HTMLHeadingElement>()

  override componentDidCatch(error: unknown): void {
    this.setState({ broken: error instanceof Error ? error.message : String(error) }, () => {
      // What had the focus is gone.
      if (document.activeElement === document.body) this.#heading.current?.focus()
    })
    // As if nobody had caught it: with its stack, for whoever looks into the matter.
    reportError(error)
  }

  override componentDidUpdate({ of }: BoundaryProps): void {
    if (of !== this.props.of && this.state.broken !== null) this.setState({ broken: null })
  }

  override render() {
    const { broken } = this.state
    if (broken === null) return this.props.children
    const told = { code: 'PAGE_BROKEN', message: `this cannot be shown: ${broken}`, hint: HINT }
    return (
      <>
        <div class="heading">
          <h1 ref={this.#heading} tabIndex={-1}>
            {this.props.title}
          </h1>
        </div>
        <Failure error={new ApiError(0, told)} again={() => location.reload()} againText="Load the page again" />
      </>
    )
  }
}
