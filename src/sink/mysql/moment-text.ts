// A moment as the text of a DATETIME(3), in UTC as everything that millrace writes of itself.

export function momentText(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '')
}
