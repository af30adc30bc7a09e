// What is told to people, before it becomes a mail or a Slack message: words alone, nothing of either's markup.

export interface Message {
  /** Names it: sent again it is the same. */
  readonly id: string
  /** The one it answers; null for the first of its thread. */
  readonly answers: string | null
  readonly tone: 'critical' | 'warning' | 'good' | 'plain'
  readonly subject: string
  /** One sentence or two. */
  readonly lead: string
  readonly sections: readonly Section[]
  /** What stands below all, smaller. */
  readonly notes: readonly string[]
}

export interface Section {
  readonly title: string
  readonly facts: readonly Fact[]
  /** To copy and run. */
  readonly command: string | null
  /** To the console. */
  readonly link: string | null
}

export interface Fact {
  readonly label: string
  readonly text: string
}
