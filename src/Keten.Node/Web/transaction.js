// Transactions of one signer, made and read (docs/formats-transactions.md). Reading checks the form throughout and no signature.
import { Malformed, Tagged, decode, encode } from './cbor.js';
import { compare, same, sha256 } from './bytes.js';
import { sign, sign1Structure, signerHeader } from './cose.js';

const LAST_MOMENT = 2 ** 40;
// Arguments may be nested 16 deep, and stand three deep in the payload.
const PAYLOAD_DEPTH = 19;

/**
 * Makes and signs a transaction with one call.
 * call = { agreement, clause, fields, caps }; a cap is [unit, most]: what may leave the signer's accounts. What no cap allows cannot leave.
 */
export async function signTransaction({ ledger, signer, lane, counter, expiry, call }) {
  const caps = (call.caps ?? []).map(([unit, most]) => [0, unit, most]);
  const parts = [call.agreement, call.clause, call.fields, ...caps.length > 0 ? [caps] : []];
  const payload = encode([ledger, expiry, [[signer.id, lane, counter]], [parts]]);
  const header = signerHeader(signer.id);
  const signature = await sign(signer.key, sign1Structure(header, payload));
  return { id: await sha256(payload), bytes: encode(new Tagged(18, [header, new Map(), payload, signature])) };
}

/** Reads a transaction that has been decoded and whose unprotected header is empty: { ledger, payload, signers }. */
export function readTransaction(tagged) {
  need(tagged instanceof Tagged && (tagged.tag === 18 || tagged.tag === 98), 'A transaction is a COSE_Sign1 or a COSE_Sign.');
  need(isArray(tagged.value, 4, 4) && tagged.value[2] instanceof Uint8Array, 'A transaction has four parts.');
  const [own, , payload, signatures] = tagged.value;
  const parts = decode(payload, PAYLOAD_DEPTH);
  need(isArray(parts, 4, 4), 'A payload has four parts.');
  const [ledger, expiry, signers, calls] = parts;
  need(isBytes(ledger, 32), 'A ledger id is 32 bytes.');
  need(isNumber(expiry, 0, LAST_MOMENT), 'An expiry is a moment.');
  need(isArray(signers, 1, 16) && signers.every(isSlot) && rises(signers, (left, right) => compare(left[0], right[0])), 'Signers are 1 to 16, in order.');
  need(isArray(calls, 1, 10_000) && calls.every(call => isCall(call, signers.length)), 'Calls are 1 to 10,000.');
  const headers = signers.map(([key]) => signerHeader(key));
  if (tagged.tag === 18) need(signers.length === 1 && isHeader(own, headers[0]) && isBytes(signatures, 64), 'One signer signs a COSE_Sign1.');
  else need(signers.length > 1 && isBytes(own, 0) && isArray(signatures, signers.length, signers.length) && signatures.every((entry, at) => isEntry(entry, headers[at])), 'Several sign a COSE_Sign.');
  return { ledger, payload, signers };
}

const isSlot = slot => isArray(slot, 3, 3) && isId(slot[0]) && isNumber(slot[1], 0, 15) && isUnsigned(slot[2]);

function isCall(call, signers) {
  if (!isArray(call, 3, 4) || !isInteger(call[0], -65_536n, 2n ** 63n - 1n) || BigInt(call[0]) === 0n || !isNumber(call[1], 0, 65_535)) return false;
  if (encode(call[2]).length > 65_536) return false;
  return call.length === 3 || isArray(call[3], 1, 256) && call[3].every(cap => isCap(cap, signers)) && rises(call[3], (left, right) => left[0] - right[0] || left[1] - right[1]);
}

const isCap = (cap, signers) => isArray(cap, 3, 3) && isNumber(cap[0], 0, signers - 1) && isNumber(cap[1], 1, 2 ** 32 - 1) && isInteger(cap[2], 1n, 2n ** 62n);

const isEntry = (entry, header) => isArray(entry, 3, 3) && isHeader(entry[0], header) && entry[1] instanceof Map && entry[1].size === 0 && isBytes(entry[2], 64);

const isHeader = (bytes, expected) => bytes instanceof Uint8Array && same(bytes, expected);

const rises = (items, order) => items.every((item, at) => at === 0 || order(items[at - 1], item) < 0);

export const isArray = (value, least, most) => Array.isArray(value) && value.length >= least && value.length <= most;

export const isBytes = (value, length) => value instanceof Uint8Array && value.length === length;

export const isId = value => isBytes(value, 20) && value.some(byte => byte !== 0);

export const isNumber = (value, least, most) => typeof value === 'number' && value >= least && value <= most;

export const isInteger = (value, least, most) => (typeof value === 'number' || typeof value === 'bigint') && BigInt(value) >= least && BigInt(value) <= most;

export const isUnsigned = value => isInteger(value, 0n, 2n ** 64n - 1n);

export function need(holds, words) {
  if (!holds) throw new Malformed(words);
}
