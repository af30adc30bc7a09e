// The table that the MySQL sink keeps its readers' cursors in. A transaction that begins with it is the sink's own, and
// capture leaves it out: that is what ends a loop between the two sides.

export const CURSORS_TABLE = 'millrace_cursors'
