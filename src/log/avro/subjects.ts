// What a registry calls the schemas of a topic's records.

export function subjects(topic: string): { readonly key: string; readonly value: string } {
  return { key: `${topic}-key`, value: `${topic}-value` }
}
