// The page: chooses a side, and follows what happens to it.
import { el } from './dom.js';
import { Api, Refused } from './api.js';
import { fromBase64, fromHex, hex } from './bytes.js';
import { importSigner } from './cose.js';
import { isPinned, pin, readGenesis } from './genesis.js';
import { Timeline } from './timeline.js';

const at = id => document.getElementById(id);

const roles = { driver: 'driver', operator: 'charge-point operator', arbiter: 'arbiter', institution: 'issuer of the money', meter: 'meter' };

const LINES_BEFORE = 60;
const LAST_PLACE = 2 ** 32 - 1;
const DEMO_WAITS = 60;

/** What everybody may know of the ledger. */
async function readLedger() {
  const api = new Api(null);
  const [genesis, catalogue, list] = await Promise.all([api.bytes('/v1/genesis', 'application/cbor').then(readGenesis), api.json('/v1/catalogue'), unitsOf(api)]);
  return { genesis, catalogue, units: list };
}

async function unitsOf(api) {
  const { units } = await api.json('/v1/units');
  return new Map(units.map(unit => [unit.unit, unit]));
}

function warnOfOtherLedger(genesis) {
  const words = 'This node shows another ledger than the one this browser has seen here before. If a new demo was started here, that is as it should be; otherwise do not trust it.';
  const know = el('button', { type: 'button', onclick: () => {
    pin(genesis.ledger);
    at('warning').replaceChildren();
  } }, 'I know: this is the ledger from now on');
  at('warning').replaceChildren(el('p', {}, words), know);
}

async function start() {
  const ledger = await readLedger();
  at('ledger').textContent = `Ledger ${hex(ledger.genesis.ledger)}`;
  if (!isPinned(ledger.genesis.ledger)) warnOfOtherLedger(ledger.genesis);
  const { parties, note } = await readDemo();
  at('play').hidden = !note;
  at('play').textContent = note ?? '';
  const names = new Map(parties.map(one => [one.party, { name: one.name, words: roles[one.role] ?? one.role }]));
  const sides = parties.filter(one => one.privateKey);
  at('choices').replaceChildren(...sides.length > 0 ? sides.map(one => choice(one, () => follow(one, names, ledger))) : [el('p', {}, 'This node gives out no play keys: it is not a demo. Read and sign with ./keten.')]);
}

/** Who plays in the demo; nobody where this node is none. While the demo is being set up, the page waits. */
async function readDemo() {
  for (let waits = 0; ; waits++) {
    try {
      return await new Api(null).json('/demo/parties');
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      if (fault.status === 404) return { parties: [], note: null };
      if (fault.status !== 503 || waits === DEMO_WAITS) throw fault;
      at('choices').replaceChildren(el('p', {}, 'The demo is being set up …'));
      await new Promise(resolve => setTimeout(resolve, 1000));
    }
  }
}

const choice = (party, chosen) => el('label', {},
  el('input', { type: 'radio', name: 'side', value: party.party, autocomplete: 'off', onchange: chosen }),
  el('span', {}, el('strong', {}, party.name), el('small', {}, roles[party.role] ?? party.role)));

let current = new AbortController();

async function follow(party, names, ledger) {
  current.abort();
  current = new AbortController();
  const { signal } = current;
  const signer = await importSigner(fromBase64(party.privateKey), fromHex(party.publicKey));
  if (signal.aborted) return;
  const api = new Api(signer);
  const side = { ...ledger, role: party.role, party: party.party, signer, api, names, counter: 0, partnersOf: partners(api, party.party, names) };
  // Units may have come since the page was loaded.
  side.units = await unitsOf(api);
  const list = at('lines');
  list.replaceChildren();
  list.removeAttribute('aria-live');
  at('empty').hidden = false;
  at('empty').textContent = 'Nothing has happened yet.';
  const timeline = new Timeline(list, side);
  const after = await before(api, timeline);
  if (signal.aborted) return;
  at('empty').hidden = list.children.length > 0;
  // What was there before is not read out; what comes is.
  list.setAttribute('aria-live', 'polite');
  list.setAttribute('aria-relevant', 'additions');
  const states = { live: 'live', lost: 'The node does not answer; trying again …' };
  for await (const event of api.events(after, signal, state => at('state').textContent = states[state])) {
    timeline.stream(event);
    at('empty').hidden = list.children.length > 0;
  }
}

/** The newest lines so far, and the place in the stream of events after which what comes is new. */
async function before(api, timeline) {
  const { lines, height } = await api.json(`/v1/timeline?newest=true&limit=${LINES_BEFORE}`);
  for (const line of lines.reverse()) timeline.take(line);
  return `${height}.${LAST_PLACE}`;
}

/** With whom a party has an agreement, in a word or two; each agreement is asked for once. */
function partners(api, self, names) {
  const known = new Map();
  return agreement => {
    if (!known.has(agreement)) known.set(agreement, api.json(`/v1/agreements/${agreement}`).then(({ readers }) => withWhom(readers, self, names), () => ''));
    return known.get(agreement);
  };
}

function withWhom(readers, self, names) {
  if (!Array.isArray(readers)) return '';
  const others = readers.filter(party => party !== self).map(party => names.get(party)).filter(one => one && one.words !== roles.arbiter);
  return others.length > 0 ? `with ${others.map(one => one.name).join(', ')}` : '';
}

start().catch(fault => {
  at('choices').replaceChildren(el('p', { class: 'bad', role: 'alert' }, `The node does not answer as it should: ${fault.message}`));
  throw fault;
});
