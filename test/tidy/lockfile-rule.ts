// A lockfile made against a registry that lacks some platform's package leaves it out, and `npm ci` then fails on a
// registry that has it.

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

export function lockfileFaults(lockfile: string): readonly string[] {
  const { packages } = JSON.parse(lockfile) as { packages: Readonly<Record<string, Locked>> }
  const paths = Object.keys(packages)
  const isLocked = (name: string) => paths.some((path) => path.endsWith(`node_modules/${name}`))
  return Object.values(packages)
    .flatMap(({ optionalDependencies }) => Object.keys(optionalDependencies ?? {}))
    .filter((name) => !isLocked(name))
    .map((name) => `${name} is not locked`)
}
