import { v5 } from 'uuid'
import { expect, test } from 'vitest'
import { NameUuids } from '../../src/core/name-uuid.ts'

const NAMESPACE = '0b8f2f2e-6c0e-5f0e-9a55-5b1f0f6d7c11'

test('a name has the UUID that the standard gives it, whatever was named before', () => {
  const uuids = new NameUuids(NAMESPACE)
  const names = ['', 'catalog_items:7', 'Čšž – 🎵', 'x'.repeat(5_000), 'short again', '\u0000']
  for (let index = 0; index < 300; index++) names.push(`name ${index}`)
  expect(names.map((name) => uuids.of(name))).toEqual(names.map((name) => v5(name, NAMESPACE)))
})

test('a namespace that is none is refused', () => {
  expect(() => new NameUuids('no-namespace')).toThrow('is no UUID')
})
