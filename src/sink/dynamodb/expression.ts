// Collects the names and values of one request's expressions, each behind a placeholder of its own.

import type { Attribute } from '../../dynamodb/attribute.ts'

export class Expression {
  readonly #names = new Map<string, string>()
  readonly #values: Record<string, Attribute> = {}
  #count = 0

  name(attribute: string): string {
    let placeholder = this.#names.get(attribute)
    if (placeholder === undefined) {
      placeholder = `#n${this.#names.size}`
      this.#names.set(attribute, placeholder)
    }
    return placeholder
  }

  value(value: Attribute): string {
    const placeholder = `:v${this.#count++}`
    this.#values[placeholder] = value
    return placeholder
  }

  get placeholders(): {
    ExpressionAttributeNames?: Record<string, string>
    ExpressionAttributeValues?: Record<string, Attribute>
  } {
    return {
      ...(this.#names.size === 0
        ? {}
        : { ExpressionAttributeNames: Object.fromEntries([...this.#names].map(([name, at]) => [at, name])) }),
      ...(this.#count === 0 ? {} : { ExpressionAttributeValues: this.#values }),
    }
  }
}
