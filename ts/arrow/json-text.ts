/**
 * Writes any value as JSON text: as `JSON.stringify` does, but a BigInt, of which that makes
 * nothing, as the text of its digits.
 *
 * @throws TypeError for an object that lies within itself.
 */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    return JSON.stringify(value, (_, member) => {
      return typeof member === 'bigint' ? String(member) : member;
    });
  }
}
