import { describe, expect, test } from 'vitest'
import { normalEmail, normalPhone } from '../../src/core/identity.ts'

describe('e-mail', () => {
  test.each(['john@email.com', 'John@Email.COM', '  john@email.com ', 'john @email.com', 'ｊohn@email.com'])(
    '%j is the same person',
    (notation) => expect(normalEmail(notation)).toBe('john@email.com'),
  )
  test.each([null, '', ' ', 'john', '@email.com', 'john@', 'a@b@c'])('%j identifies nobody', (notation) =>
    expect(normalEmail(notation)).toBeNull(),
  )
})

describe('phone', () => {
  test.each(['(212) 555-0123', '+1 212 555 0123', '212.555.0123', '1-212-555-0123', '００１ 212 555 0123'.slice(4)])(
    '%j is the same person in the US',
    (notation) => expect(normalPhone(notation, 'US')).toBe('+12125550123'),
  )
  test('a national number is read as one of the country', () => {
    expect(normalPhone('030 1234567', 'DE')).toBe('+49301234567')
    expect(normalPhone('+49 30 1234567', 'US')).toBe('+49301234567')
  })
  test('what can be no number of any country keeps its digits', () =>
    expect(normalPhone('#55 512', 'US')).toBe('55512'))
  test.each([null, '', 'none', '12'])('%j identifies nobody', (notation) =>
    expect(normalPhone(notation, 'US')).toBeNull(),
  )
})
