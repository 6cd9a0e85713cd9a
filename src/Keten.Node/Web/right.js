// «Put it right»: a transaction made and signed in the browser. The driver disputes; the operator credits. Nothing is erased.
import { el, freshId } from './dom.js';
import { Refused } from './api.js';
import { base64, fromHex, hex, join, sha256, utf8 } from './bytes.js';
import { signTransaction } from './transaction.js';
import { decimal, minorOf } from './records.js';
import { amountWords } from './words.js';

const SECONDS_TO_DECIDE = 600;
// A lane that the node's own demo does not use; counters are milliseconds, so that none has to be remembered.
const LANE = 15;

/** Fills a panel with what this side can do about a line. */
export async function showRight(panel, line, side) {
  const form = formOf(line, side);
  panel.replaceChildren(form ?? el('p', {}, 'There is nothing to put right in this line. A charge can be disputed by the driver and credited by the operator.'));
  form?.querySelector('input, textarea, button').focus();
  const claim = line.name === 'MeteredUse.Disputed' ? await textOf(line.content.claim, side) : null;
  if (claim) panel.prepend(el('p', {}, 'The driver says: ', el('q', {}, claim)));
}

function formOf(line, side) {
  const driver = side.role === 'driver';
  if (line.name === 'MeteredUse.Charged') return driver ? dispute(line, side) : credit(line, side);
  if (line.name !== 'MeteredUse.Disputed') return null;
  const document = fromHex(line.content.document);
  return driver
    ? formWith(side, line, 'If you withdraw your dispute, the session costs what was charged.', [], 'Withdraw the dispute', () => ({ clause: 'Drop', fields: [document] }))
    : formWith(side, line, 'If you give in, the session costs nothing, and what is on hold goes back to the driver.', [], 'Give in', () => ({ clause: 'Concede', fields: [document] }));
}

function dispute(line, side) {
  const reason = text('What is wrong with it?');
  const words = `What you paid, ${amountWords(line.content.paid)}, is taken back from the operator and kept on hold until this is settled.`;
  return formWith(side, line, words, [reason], 'Dispute this session', async () => {
    const claim = await keep(reason.input.value, side, line);
    return { clause: 'Dispute', fields: [fromHex(line.content.document), claim] };
  });
}

function credit(line, side) {
  const { cost, vat, document } = line.content;
  const amount = money('What should it have cost, VAT included?', cost);
  const reason = text('Why?');
  return formWith(side, line, `It cost ${amountWords(cost)}. What was paid above the right cost goes back to the driver at once.`, [amount, reason], 'Write the credit note', async () => {
    const right = minorOf(amount.input.value, cost.decimals);
    const was = minorOf(cost.amount, cost.decimals);
    if (right === null) throw new RangeError(`Write an amount such as ${cost.amount}.`);
    if (right >= was) throw new RangeError(`A credit note lowers the cost: less than ${amountWords(cost)}.`);
    const rightVat = shareOf(minorOf(vat.amount, vat.decimals), right, was);
    const note = await keep(reason.input.value, side, line);
    return { clause: 'Credit', fields: [fromHex(document), [cost.unit, right], [vat.unit, rightVat], note], caps: [[cost.unit, was - right]] };
  });
}

/** part/whole of an amount, rounded half-even. */
export function shareOf(amount, part, whole) {
  const [floor, rest] = [amount * part / whole, amount * part % whole];
  return 2n * rest > whole || 2n * rest === whole && floor % 2n === 1n ? floor + 1n : floor;
}

function formWith(side, line, words, fields, button, callOf) {
  const fault = el('p', { class: 'bad', role: 'alert' });
  const send = el('button', { type: 'submit', class: 'main' }, button);
  const form = el('form', { novalidate: true }, el('p', {}, words), ...fields.map(field => field.label), el('p', {}, send), fault);
  form.addEventListener('submit', async event => {
    event.preventDefault();
    fault.textContent = '';
    send.disabled = true;
    try {
      await submit(side, line, await callOf(), button);
      form.replaceChildren(el('p', { class: 'good', role: 'status' }, 'Done: it is final, and stands in the time line of both sides.'));
    } catch (problem) {
      if (!(problem instanceof Refused || problem instanceof RangeError || problem instanceof TypeError)) throw problem;
      fault.textContent = problem instanceof Refused ? `Refused: ${problem.message}` : problem.message;
      send.disabled = false;
    }
  });
  return form;
}

function text(label) {
  const input = el('textarea', { rows: 2, maxlength: 2000, required: true });
  return { input, label: el('label', {}, label, input) };
}

function money(label, like) {
  const input = el('input', { inputmode: 'decimal', autocomplete: 'off', required: true, placeholder: decimal(0, like.decimals), 'aria-describedby': freshId('unit') });
  return { input, label: el('label', {}, label, el('span', { class: 'amount' }, input, el('span', { id: input.getAttribute('aria-describedby') }, like.symbol))) };
}

async function submit(side, line, { clause, fields, caps }, words) {
  const number = side.catalogue.contracts.find(one => one.name === line.contract).clauses.find(one => one.name === `${line.contract}.${clause}`).number;
  side.counter = Math.max(side.counter + 1, Date.now());
  const transaction = await signTransaction({
    ledger: side.genesis.ledger, signer: side.signer, lane: LANE, counter: side.counter,
    expiry: Math.floor(Date.now() / 1000) + SECONDS_TO_DECIDE, call: { agreement: line.agreement, clause: number, fields, caps },
  });
  const id = hex(transaction.id);
  side.timeline.waiting(id, words.toLowerCase());
  try {
    await side.api.post('/v1/transactions', transaction.bytes, 'application/cose');
    side.timeline.decided(id, null);
  } catch (fault) {
    side.timeline.decided(id, fault.message);
    throw fault;
  }
}

// The ledger holds no text, only a salted commitment to it; the text itself is kept beside the ledger, for the readers of the agreement.
async function keep(words, side, line) {
  if (words.trim() === '') throw new RangeError('Say why in a few words.');
  const content = utf8(words.trim());
  const salt = crypto.getRandomValues(new Uint8Array(32));
  const { readers } = await side.api.json(`/v1/agreements/${line.agreement}`);
  const document = { content: base64(content), mediaType: 'text/plain; charset=utf-8', salt: hex(salt), agreement: line.agreement, readers: readers.filter(party => party !== side.party) };
  await side.api.post('/v1/documents', utf8(JSON.stringify(document)), 'application/json');
  return commitmentTo(salt, content);
}

const commitmentTo = (salt, content) => sha256(join(Uint8Array.of(2), salt, content));

/** The text behind a commitment, where the node keeps it for this reader and it is what the ledger says; otherwise null. */
async function textOf(commitment, side) {
  try {
    const answer = await side.api.send('GET', `/v1/documents/${commitment}`);
    const content = new Uint8Array(await answer.arrayBuffer());
    const holds = hex(await commitmentTo(fromHex(answer.headers.get('Keten-Salt')), content)) === commitment;
    return holds ? new TextDecoder().decode(content) : null;
  } catch (fault) {
    if (fault instanceof Refused) return null;
    throw fault;
  }
}
