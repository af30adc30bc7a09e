// The shape of a table at one moment: what the source says of its columns. Rows are encoded and decoded by it.

/**
 * How a column's values are held. In a row image each kind is one Avro primitive: int and long a zigzag varint, float
 * and double IEEE, bytes as they are, everything else a string in one canonical text, the same from the binlog and
 * from a SELECT:
 * ulong, bits: decimal digits (unsigned 64 bit) · decimal: MySQL's text, all declared fraction digits
 * date `YYYY-MM-DD` · time `[-]HH:MM:SS[.f]` · datetime `YYYY-MM-DD HH:MM:SS[.f]`, zero and partial dates as they are
 * timestamp `YYYY-MM-DDTHH:MM:SS[.f]Z`, always UTC · json: MySQL's own text · enum, set: labels.
 */
export type Kind =
  | 'int'
  | 'long'
  | 'ulong'
  | 'bits'
  | 'float'
  | 'double'
  | 'decimal'
  | 'text'
  | 'bytes'
  | 'date'
  | 'time'
  | 'datetime'
  | 'timestamp'
  | 'json'
  | 'enum'
  | 'set'

export interface Column {
  readonly name: string
  readonly kind: Kind
  /** The source's own declaration, for people and for what a kind leaves out: `bigint unsigned`, `decimal(10,2)`. */
  readonly type: string
}

export interface TableShape {
  readonly database: string
  readonly name: string
  readonly columns: readonly Column[]
  /** Names of the primary key's columns, in key order; empty when the table has none. */
  readonly key: readonly string[]
}

/** Which Avro primitive holds a kind in a row image. */
export function primitive(kind: Kind): 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string' {
  switch (kind) {
    case 'int':
    case 'long':
    case 'float':
    case 'double':
    case 'bytes':
      return kind
    default:
      return 'string'
  }
}

/** The shape of a key image: the key's columns in key order; the whole row where the table has no key. */
export function keyShape(shape: TableShape): TableShape {
  if (shape.key.length === 0) return shape
  const known = keyShapes.get(shape)
  if (known !== undefined) return known
  const columns = shape.key.flatMap((name) => shape.columns.filter((column) => column.name === name))
  const ofKey = { ...shape, columns }
  keyShapes.set(shape, ofKey)
  return ofKey
}

const keyShapes = new WeakMap<TableShape, TableShape>()
