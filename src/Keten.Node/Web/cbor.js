// Deterministic CBOR (RFC 8949 §4.2.1): shortest heads, definite lengths, map keys in order, no floating point. Every other form is refused, as the node refuses it.
// Numbers beyond 2⁵³ are BigInt; byte strings are Uint8Array, arrays Array, maps Map, tags Tagged.
import { compare, join, utf8 } from './bytes.js';

export class Malformed extends Error {}

export class Tagged {
  constructor(tag, value) {
    this.tag = tag;
    this.value = value;
  }
}

const DEPTH_AT_MOST = 16;
const strictText = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads exactly one item; whatever follows it is refused. */
export function decode(bytes, depth = DEPTH_AT_MOST) {
  const reader = new Reader(bytes);
  const item = reader.item(depth);
  if (reader.offset !== bytes.length) throw new Malformed('Bytes follow after the end.');
  return item;
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.offset = 0;
  }

  item(depth) {
    if (depth === 0) throw new Malformed('Items are nested too deep.');
    const kind = this.peek() >> 5;
    if (kind === 7) return this.simple();
    const value = this.head();
    switch (kind) {
      case 0: return small(value);
      case 1: return small(-1n - value);
      case 2: return this.take(value).slice();
      case 3: return this.text(value);
      case 4: return this.array(this.count(value), depth - 1);
      case 5: return this.map(this.count(value), depth - 1);
      default: return new Tagged(small(value), this.item(depth - 1));
    }
  }

  array(count, depth) {
    const items = [];
    for (let left = count; left > 0; left--) items.push(this.item(depth));
    return items;
  }

  map(count, depth) {
    const pairs = new Map();
    let last = new Uint8Array();
    for (let left = count; left > 0; left--) {
      const start = this.offset;
      const key = this.item(depth);
      const keyBytes = this.bytes.subarray(start, this.offset);
      if (compare(last, keyBytes) >= 0) throw new Malformed('Map keys are out of order, or one stands twice.');
      last = keyBytes;
      pairs.set(key, this.item(depth));
    }
    return pairs;
  }

  text(length) {
    const bytes = this.take(length);
    try {
      return strictText.decode(bytes);
    } catch {
      throw new Malformed('A text is not UTF-8.');
    }
  }

  simple() {
    const value = this.bytes[this.offset++];
    if (value === 0xf4) return false;
    if (value === 0xf5) return true;
    if (value === 0xf6) return null;
    throw new Malformed('No simple value but false, true and null stands here.');
  }

  head() {
    const low = this.bytes[this.offset++] & 0x1f;
    if (low < 24) return BigInt(low);
    if (low > 27) throw new Malformed('Indefinite lengths and reserved heads are not canonical.');
    const size = 1 << (low - 24);
    let value = 0n;
    for (const byte of this.take(BigInt(size))) value = value << 8n | BigInt(byte);
    const least = size === 1 ? 24n : 1n << BigInt(4 * size);
    if (value < least) throw new Malformed('A number or length is written longer than needed.');
    return value;
  }

  // Each item takes a byte at least: a count that cannot be true is refused before anything is made for it.
  count(value) {
    if (value > BigInt(this.bytes.length - this.offset)) throw new Malformed('The bytes end early.');
    return Number(value);
  }

  take(length) {
    const start = this.offset;
    this.offset += this.count(length);
    return this.bytes.subarray(start, this.offset);
  }

  peek() {
    if (this.offset >= this.bytes.length) throw new Malformed('The bytes end early.');
    return this.bytes[this.offset];
  }
}

const small = value => value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;

/** The one form of a value. */
export function encode(value) {
  if (value === null) return Uint8Array.of(0xf6);
  if (typeof value === 'boolean') return Uint8Array.of(value ? 0xf5 : 0xf4);
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return integer(BigInt(value));
  if (value instanceof Uint8Array) return join(head(2, value.length), value);
  if (typeof value === 'string') return text(utf8(value));
  if (Array.isArray(value)) return join(head(4, value.length), ...value.map(encode));
  if (value instanceof Map) return map(value);
  if (value instanceof Tagged) return join(head(6, value.tag), encode(value.value));
  throw new TypeError('A value has no canonical form.');
}

const integer = value => value >= 0n ? head(0, value) : head(1, -1n - value);

const text = bytes => join(head(3, bytes.length), bytes);

function map(pairs) {
  const encoded = [...pairs].map(([key, value]) => [encode(key), encode(value)]).sort((left, right) => compare(left[0], right[0]));
  return join(head(5, encoded.length), ...encoded.flat());
}

function head(kind, number) {
  const value = BigInt(number);
  if (value < 24n) return Uint8Array.of(kind << 5 | Number(value));
  const size = value < 1n << 8n ? 1 : value < 1n << 16n ? 2 : value < 1n << 32n ? 4 : 8;
  if (value >= 1n << 64n) throw new RangeError('A number takes more than 64 bits.');
  const bytes = new Uint8Array(1 + size);
  bytes[0] = kind << 5 | 24 + Math.log2(size);
  for (let at = size, left = value; at > 0; at--, left >>= 8n) bytes[at] = Number(left & 0xffn);
  return bytes;
}
