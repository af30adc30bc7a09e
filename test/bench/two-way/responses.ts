// Approved responses as the application writes them, each an item of 1 KB, and the comments that they answer.

export const RESPONSES = 'encore_feedback_responses'
export const KEY: readonly string[] = ['pk', 'sk']

const THANKS = 'Thank you for your words, which we have passed on to the kitchen; we look forward to your next visit. '

/** Numbered from 1, as comments are. */
export function response(id: number): Readonly<Record<string, string | number>> {
  return {
    pk: `RESTAURANT#${id % 200}`,
    sk: `RESPONSE#${String(id).padStart(12, '0')}`,
    original_review_id: id,
    status: 'approved',
    approved_at: '2026-01-31T12:00:00.000Z',
    response_text: `Dear guest ${id}! ${THANKS.repeat(4)}`,
    draft_text: THANKS.repeat(3),
    author: `manager-${id % 40}@restaurants.example`,
  }
}

/** The statements that make so many comments, in a database of this name. */
export function commentsIn(database: string, rows: number): readonly string[] {
  return [
    `CREATE DATABASE ${database}`,
    `CREATE TABLE ${database}.comment (
      idcomment INT UNSIGNED NOT NULL PRIMARY KEY, idsession INT NULL, rating INT NULL, text VARCHAR(2000) NULL,
      date_created DATETIME NULL, reply VARCHAR(2000) NULL, date_replied DATETIME NULL
    ) DEFAULT CHARSET = utf8mb4`,
    `INSERT INTO ${database}.comment (idcomment, idsession, rating, text, date_created)
      SELECT /*+ SET_VAR(cte_max_recursion_depth = ${rows}) */ n, n, n % 6, REPEAT('The soup was the best in town. ', 6), NOW()
      FROM (WITH RECURSIVE upto (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM upto WHERE n < ${rows}) SELECT n FROM upto) AS numbers`,
  ]
}
