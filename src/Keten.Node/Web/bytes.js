// Byte strings: compared, joined, hashed, and written as text.

export const hex = bytes => Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');

export function fromHex(text) {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw new RangeError('Not lower-case hexadecimal.');
  return Uint8Array.from(text.match(/../g) ?? [], pair => parseInt(pair, 16));
}

export const base64 = bytes => btoa(String.fromCharCode(...bytes));

export const fromBase64 = text => Uint8Array.from(atob(text), char => char.charCodeAt(0));

export function compare(left, right) {
  const shorter = Math.min(left.length, right.length);
  for (let at = 0; at < shorter; at++) if (left[at] !== right[at]) return left[at] - right[at];
  return left.length - right.length;
}

export const same = (left, right) => left.length === right.length && compare(left, right) === 0;

export function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const sha256 = async bytes => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

export const utf8 = text => new TextEncoder().encode(text);
