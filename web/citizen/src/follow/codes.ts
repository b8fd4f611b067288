const GROUP = 4

/** The code as one reads it out: in fours. */
export const grouped = (secret: string): string => secret.match(new RegExp(`.{1,${GROUP}}`, 'g'))?.join(' ') ?? ''

/** Number and code as somebody typed them, or null where they cannot be meant: 20261122-000731 and twenty letters and digits. */
export function typedCode(number: string, code: string): { number: string; secret: string } | null {
  const digits = number.replace(/\D/g, '')
  const secret = code.replace(/\s|-/g, '').toLowerCase()
  if (digits.length !== 14 || !/^[0-9a-f]{20}$/.test(secret)) return null
  return { number: `${digits.slice(0, 8)}-${digits.slice(8)}`, secret }
}
