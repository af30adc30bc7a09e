// What an imported row has besides its fields.

/** The first part of a topic's name, where a database's stands for tables of MySQL. */
export const IMPORTS_DATABASE = 'imports'
/** What the row is called: the key. */
export const NAME_COLUMN = 'mr_name'
/** Which row of its source it is, counted from 1. */
export const PLACE_COLUMN = 'mr_place'
/** Of a row that was set aside: all that it said. */
export const SAID_COLUMN = 'mr_said'
