// Tasks that live and fall together: the first failure ends the others, and nothing is left running behind.

type Start = (task: Promise<void>) => void

/** Runs `body` and whatever it starts; rejects with the first failure once all of them have ended. */
export async function together(
  outer: AbortSignal,
  body: (signal: AbortSignal, start: Start) => Promise<void>,
): Promise<void> {
  const ending = new AbortController()
  const signal = AbortSignal.any([outer, ending.signal])
  const running = new Set<Promise<void>>()
  const failures: unknown[] = []
  const start = (task: Promise<void>): void => {
    const watched = task
      .catch((error: unknown) => {
        failures.push(error)
        ending.abort()
      })
      .finally(() => running.delete(watched))
    running.add(watched)
  }
  start(body(signal, start))
  while (running.size > 0) await Promise.all(running)
  ending.abort()
  if (failures.length > 0) throw failures[0]
}
