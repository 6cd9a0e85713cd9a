// How a ledger began: its hash is the ledger's id, and its validators are those whose signatures count.
import { decode, encode } from './cbor.js';
import { compare, hex, sha256 } from './bytes.js';
import { keyIdOf } from './cose.js';
import { isArray, isBytes, need } from './transaction.js';

/** Reads canonical bytes: { ledger, validators: [{ name, key, party, id }], validatorsHash, quorum }. The ledger's id is computed, never taken from the node. */
export async function readGenesis(bytes) {
  const parts = decode(bytes);
  need(isArray(parts, 8, 8) && parts[0] === 0, 'A genesis has eight parts, of version 0.');
  return { ledger: await sha256(bytes), ...await readSet(parts[3]) };
}

/** Reads a set of validators: { validators: [{ name, key, party, id }], validatorsHash, quorum }. */
export async function readSet(set) {
  need(isArray(set, 1, 64) && set.every(one => isArray(one, 3, 3) && isName(one[0]) && isBytes(one[1], 64) && isBytes(one[2], 20)), 'A ledger has 1 to 64 validators.');
  const validators = await Promise.all(set.map(async ([name, key, party]) => ({ name, key, party, id: await keyIdOf(key) })));
  need(validators.every((one, at) => at === 0 || compare(validators[at - 1].id, one.id) < 0), 'Validators stand by their key ids.');
  need(new Set(validators.map(one => hex(one.party))).size === validators.length, 'A party is one validator.');
  return { validators, validatorsHash: await sha256(encode(set)), quorum: Math.floor(2 * set.length / 3) + 1 };
}

const isName = name => typeof name === 'string' && new TextEncoder().encode(name).length <= 256;

const REMEMBERED = 'keten.ledger';

/**
 * Whether this browser saw the same ledger here before; the first one that it sees it keeps.
 * A node that is exchanged for another shows by this, as long as the browser keeps its memory.
 */
export function isPinned(ledger) {
  const before = localStorage.getItem(REMEMBERED);
  if (before === null) pin(ledger);
  return before === null || before === hex(ledger);
}

/** From now on this is the ledger that the browser knows. */
export const pin = ledger => localStorage.setItem(REMEMBERED, hex(ledger));
