// A value as DynamoDB itself writes it: its type, and the value as text.

/** As it travels: exactly one of these, binary as base64. */
export interface Attribute {
  readonly S?: string
  readonly N?: string
  readonly B?: string
  readonly BOOL?: boolean
  readonly NULL?: boolean
  readonly M?: Item
  readonly L?: readonly Attribute[]
  readonly SS?: readonly string[]
  readonly NS?: readonly string[]
  readonly BS?: readonly string[]
}

export type Item = Record<string, Attribute>
