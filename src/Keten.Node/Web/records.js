// Records of contracts, from their canonical bytes and the catalogue's description of their fields, in the form in which the node shows them (docs/codecs.md).
import { Malformed } from './cbor.js';
import { hex } from './bytes.js';
import { isArray, need } from './transaction.js';

/** 1234 with two decimals: 12.34. */
export function decimal(minor, decimals) {
  const value = BigInt(minor);
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0');
  const sign = value < 0n ? '-' : '';
  return decimals === 0 ? sign + digits : `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** «12.34» with two decimals: 1234n. Null for what is no such number, or has more decimals. */
export function minorOf(text, decimals) {
  const match = /^([0-9]{1,15})(?:[.,]([0-9]+))?$/.exec(text.trim());
  if (!match || (match[2] ?? '').length > decimals) return null;
  return BigInt(match[1] + (match[2] ?? '').padEnd(decimals, '0'));
}

/** An amount as the node shows it: { amount, symbol, decimals, unit }. */
export function amountOf(unit, minor, units) {
  const known = units.get(unit) ?? { symbol: '', decimals: 0 };
  return { amount: decimal(minor, known.decimals), symbol: known.symbol, decimals: known.decimals, unit };
}

/** One record, its fields under their names. */
export function recordOf(fields, item, units) {
  need(isArray(item, fields.length, fields.length), 'A record has as many fields as its form.');
  return Object.fromEntries(fields.map((field, at) => [field.name, fieldOf(field, item[at], units)]));
}

function fieldOf(field, item, units) {
  if (item === null) return null;
  return field.list ? item.map(one => oneOf(field, one, units)) : oneOf(field, item, units);
}

function oneOf(field, item, units) {
  switch (field.kind) {
    case 'boolean': case 'integer': case 'text': case 'agreement': return item;
    case 'unit': return { unit: item, symbol: units.get(item)?.symbol ?? '' };
    case 'amount': return amountOf(item[0], item[1], units);
    case 'instant': return timeOf(item);
    case 'rate': return decimal(item, 6);
    case 'record': return recordOf(field.record.fields, item, units);
    case 'signed': return { key: hex(item[0]), signature: hex(item[1]), statement: recordOf(field.record.fields, item[2], units) };
    case 'owner': return ownerOf(item);
    case 'choice': return field.choices[field.numbers.indexOf(item)] ?? item;
    default: need(item instanceof Uint8Array, 'A field has another form than its kind.'); return hex(item);
  }
}

/** { party } or { agreement }. */
export const ownerOf = item => item instanceof Uint8Array ? { party: hex(item) } : { agreement: item };

const timeOf = seconds => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

/** Whether two things in JSON are the same, numbers beyond 2⁵³ by their digits. */
export function sameJson(left, right) {
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return String(left) === String(right);
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every(name => name in right && sameJson(left[name], right[name]));
}

/** Looks whether outcomes say what a line says: the same event, the same movement, or the same refusal. Throws Malformed where they do not. */
export function saysLine(line, outcomes, side) {
  const says = { event: saysEvent, movement: saysMovement, refused: saysRefusal }[line.kind];
  if (!outcomes.some(outcome => says(line, outcome, side))) throw new Malformed('It says something else than this line.');
}

function saysEvent(line, outcome, { catalogue, units }) {
  const kind = catalogue.contracts.find(one => one.name === line.contract)?.events.find(one => one.name === line.name);
  const isSame = ([number, content]) => number === kind.number && sameJson(line.content, recordOf(kind.fields, content, units));
  return kind !== undefined && outcome.agreement === line.agreement && outcome.events.some(isSame);
}

const saysMovement = (line, outcome, { party, units }) =>
  outcome.postings.some(([[owner, unit], change]) => ownerOf(owner).party === party && sameJson(line.change, amountOf(unit, change, units)));

const saysRefusal = (line, outcome) => outcome.code === line.refusal;
