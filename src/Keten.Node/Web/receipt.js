// Checks a receipt with nothing but the genesis (docs/formats.md, «Receipt»): no word of the node that served it is believed.
import { Malformed, Tagged, decode, encode } from './cbor.js';
import { compare, hex, same, sha256 } from './bytes.js';
import { sign1Structure, verify } from './cose.js';
import { readSet } from './genesis.js';
import { leafHash, rootOf } from './merkle.js';
import { isArray, isBytes, isId, isInteger, isNumber, isUnsigned, need, readTransaction } from './transaction.js';

const RECEIPTS = 394, PROOFS = 396, STRUCTURE = 395, FIELDS = -70_001, OUTCOMES = -70_002, CHANGES = -70_003;
const PATH_AT_MOST = 65, CHANGES_AT_MOST = 1_000;

/** What is checked, in this order, and how it is called when it holds. */
export const STEPS = {
  form: 'The receipt is whole, and written in the one way it can be',
  ledger: 'It is from this ledger',
  certificate: 'The validators have signed for it',
  outcome: 'What was done is what they signed for',
  line: 'It says what this line says',
};

/**
 * Checks every part. «says», where given, looks whether the outcomes say what the reader was shown; it gives them in words, or throws Malformed.
 * Gives { ok, fault, steps: [{ name, words, ok, detail }], receipt }; ok is null for what was not reached.
 */
export async function checkReceipt(bytes, genesis, says = null) {
  const steps = Object.entries(STEPS).filter(([name]) => name !== 'line' || says).map(([name, words]) => ({ name, words, ok: null, detail: '' }));
  let receipt = null;
  for (const step of steps) {
    try {
      if (step.name === 'form') receipt = await readReceipt(bytes);
      step.detail = await checks[step.name](receipt, genesis, says);
      step.ok = true;
    } catch (fault) {
      if (!(fault instanceof Malformed)) throw fault;
      step.ok = false;
      step.detail = fault.message;
      return { ok: false, fault: step.name, steps, receipt };
    }
  }
  return { ok: true, fault: null, steps, receipt };
}

const checks = {
  form: receipt => `Transaction ${short(receipt.id)}, number ${BigInt(receipt.index) + 1n} of ${receipt.size} in the ledger's history.`,
  ledger(receipt, genesis) {
    need(genesis.isKnown !== false, 'It is from another ledger than the one that this browser knows.');
    need(same(receipt.header.ledger, genesis.ledger) && same(receipt.ledger, genesis.ledger), 'It is of another ledger.');
    return `Ledger ${short(genesis.ledger)}, recomputed from its first record.`;
  },
  async certificate(receipt, genesis) {
    const set = await followed(genesis, receipt);
    const names = await signed(set, receipt.header, receipt.root, receipt.attestations);
    const since = receipt.changes.length > 0 ? ` The validators have changed ${receipt.changes.length} times since the beginning, each time as those before them signed.` : '';
    return `Signed by ${names.join(', ')}; ${set.quorum} of ${set.validators.length} needed.${since} The root of the history, rebuilt here: ${short(receipt.root)}`;
  },
  async outcome(receipt) {
    need(receipt.outcomes.length > 0, 'It does not say what was done.');
    for (const outcome of receipt.outcomes) {
      const root = await rootOf(outcome.index, receipt.header.outcomeCount, await leafHash(outcome.bytes), outcome.path);
      need(root && same(root, receipt.header.outcomeRoot), 'What was done does not lead to what they signed for.');
      outcome.leaf = readLeaf(outcome.bytes);
      need(same(outcome.leaf.origin, receipt.id), 'What was done belongs to another transaction.');
    }
    const code = receipt.outcomes[0].leaf.code;
    return code === 0 ? 'It was done.' : `It was refused, with number ${code}; nothing moved.`;
  },
  line: (receipt, genesis, says) => says(receipt.outcomes.map(outcome => outcome.leaf)),
};

// The validators who were to sign for a receipt's header: the genesis's, and then one change after the other, each signed for by those before it.
async function followed(genesis, receipt) {
  let set = genesis, last = 0n;
  for (const { header, root, attestations, next } of receipt.changes) {
    need(same(header.ledger, genesis.ledger), 'A change of validators is of another ledger.');
    need(BigInt(header.height) > last && BigInt(header.height) < BigInt(receipt.header.height), 'A change of validators is not before it.');
    await signed(set, header, root, attestations);
    need(same(header.next, next.validatorsHash) && !same(header.next, header.validators), 'The new validators are not those that the old ones signed for.');
    [set, last] = [next, BigInt(header.height)];
  }
  return set;
}

// Who of a set signed for a header: as many as must, each once, and every signature fits.
async function signed(set, header, root, attestations) {
  need(same(header.validators, set.validatorsHash), 'It names other validators.');
  need(attestations.length >= set.quorum, `Only ${attestations.length} signed; ${set.quorum} must.`);
  const names = [];
  for (const [at, one] of attestations.entries()) {
    need(at === 0 || compare(attestations[at - 1].validator, one.validator) < 0, 'A validator signed twice.');
    const validator = set.validators.find(known => same(known.id, one.validator));
    need(validator, 'Somebody signed who is no validator.');
    need(await verify(validator.key, sign1Structure(one.protectedBytes, root), one.signature), `The signature of ${validator.name} does not fit: something was changed.`);
    names.push(validator.name);
  }
  return names;
}

const short = bytes => hex(bytes).slice(0, 12) + '…';

/** Takes a receipt apart, and follows its path to the history root. */
export async function readReceipt(bytes) {
  const tagged = decode(bytes);
  need(tagged instanceof Tagged && isArray(tagged.value, 4, 4), 'A receipt is a COSE message.');
  const unprotected = tagged.value[1];
  const changed = unprotected instanceof Map && unprotected.has(CHANGES);
  need(changed ? isMap(unprotected, RECEIPTS, OUTCOMES, CHANGES) : isMap(unprotected, RECEIPTS, OUTCOMES), 'It carries its proofs, and what was done.');
  const statement = new Tagged(tagged.tag, tagged.value.with(1, new Map()));
  const { ledger, payload } = readTransaction(statement);
  const receipts = unprotected.get(RECEIPTS);
  need(isArray(receipts, 1, 64) && receipts.every(one => one instanceof Uint8Array), 'One validator at least signed.');
  const attestations = receipts.map(readAttestation);
  // All carry the same header and the same place.
  need(attestations.every(one => same(one.fields, attestations[0].fields) && same(one.proof, attestations[0].proof)), 'The validators signed for different things.');
  const header = readHeader(attestations[0].fields);
  const [size, index, path] = readProof(attestations[0].proof);
  need(BigInt(size) === BigInt(header.historySize), 'The proof is for another size than the header.');
  const root = await rootOf(index, size, await leafHash(await sha256(encode(statement))), path);
  need(root, 'The path does not fit its place.');
  return { id: await sha256(payload), ledger, attestations, header, size, index, root, outcomes: readOutcomes(unprotected.get(OUTCOMES)), changes: changed ? await readChanges(unprotected.get(CHANGES)) : [] };
}

async function readChanges(changes) {
  need(isArray(changes, 1, CHANGES_AT_MOST) && changes.every(one => isArray(one, 2, 2) && one[0] instanceof Uint8Array), 'Changes of validators are listed with their certificates.');
  return Promise.all(changes.map(async ([bytes, next]) => {
    const certificate = decode(bytes);
    need(isArray(certificate, 3, 3) && certificate[0] instanceof Uint8Array && isBytes(certificate[1], 32) && isArray(certificate[2], 0, 64), 'A certificate is header, root and signatures.');
    const [fields, root, attestations] = certificate;
    need(attestations.every(one => isArray(one, 2, 2) && isId(one[0]) && isBytes(one[1], 64)), 'A signature names who signed.');
    const protectedBytes = validator => encode(new Map([[1, -7], [4, validator], [STRUCTURE, 1], [FIELDS, fields]]));
    const signatures = attestations.map(([validator, signature]) => ({ validator, signature, protectedBytes: protectedBytes(validator) }));
    return { header: readHeader(fields), root, next: await readSet(next), attestations: signatures };
  }));
}

function readAttestation(bytes) {
  const tagged = decode(bytes);
  need(tagged instanceof Tagged && tagged.tag === 18 && isArray(tagged.value, 4, 4), "A validator's receipt is a COSE_Sign1.");
  const [protectedBytes, unprotected, payload, signature] = tagged.value;
  need(protectedBytes instanceof Uint8Array && isMap(unprotected, PROOFS) && payload === null && isBytes(signature, 64), "A validator's receipt has its proof, no payload, and a signature.");
  const header = decode(protectedBytes);
  need(isMap(header, 1, 4, STRUCTURE, FIELDS) && header.get(1) === -7 && isId(header.get(4)) && header.get(STRUCTURE) === 1, "A validator's receipt is ES256 over a tree of RFC 9162.");
  const proofs = unprotected.get(PROOFS);
  need(isMap(proofs, -1) && isArray(proofs.get(-1), 1, 1) && proofs.get(-1)[0] instanceof Uint8Array && header.get(FIELDS) instanceof Uint8Array, 'One inclusion proof stands in it.');
  return { validator: header.get(4), fields: header.get(FIELDS), proof: proofs.get(-1)[0], protectedBytes, signature };
}

function readProof(bytes) {
  const proof = decode(bytes);
  need(isArray(proof, 3, 3) && isUnsigned(proof[0]) && isUnsigned(proof[1]) && isPath(proof[2]), 'A proof is size, index and path.');
  return proof;
}

function readHeader(bytes) {
  const fields = decode(bytes);
  const kinds = 'hnnnhthnnhhnhhh';
  const fits = { h: value => isBytes(value, 32), n: isUnsigned, t: value => isNumber(value, 0, 2 ** 40) };
  need(isArray(fields, 15, 15) && fields.every((field, at) => fits[kinds[at]](field)), 'A header has fifteen fields.');
  return { ledger: fields[0], height: fields[2], time: fields[5], historySize: fields[7], outcomeCount: fields[8], outcomeRoot: fields[9], validators: fields[12], next: fields[13] };
}

function readOutcomes(outcomes) {
  const fits = outcome => isArray(outcome, 3, 3) && outcome[0] instanceof Uint8Array && isUnsigned(outcome[1]) && isPath(outcome[2]);
  need(isArray(outcomes, 0, 16) && outcomes.every(fits), 'What was done is listed with its proofs.');
  return outcomes.map(([bytes, index, path]) => ({ bytes, index, path }));
}

function readLeaf(bytes) {
  const leaf = decode(bytes);
  need(isArray(leaf, 8, 8) && isBytes(leaf[0], 32) && isInteger(leaf[2], 0n, 2n ** 32n - 1n), 'What was done is written in eight parts.');
  need(Array.isArray(leaf[5]) && leaf[5].every(posting => isArray(posting, 3, 3) && isArray(posting[0], 2, 3)), 'What moved is a list.');
  need(Array.isArray(leaf[6]) && leaf[6].every(event => isArray(event, 2, 2)), 'What was told is a list.');
  return { origin: leaf[0], call: leaf[1], code: leaf[2], agreement: leaf[3], clause: leaf[4], postings: leaf[5], events: leaf[6] };
}

const isPath = path => isArray(path, 0, PATH_AT_MOST) && path.every(hash => isBytes(hash, 32));

const isMap = (value, ...keys) => value instanceof Map && value.size === keys.length && keys.every(key => value.has(key));
