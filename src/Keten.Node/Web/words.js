// What happened, in plain words, as one side reads it.

/** 9.400 kWh: 9.4 kWh. Money keeps its decimals. */
export function amountWords({ amount, symbol }) {
  const isMoney = /^[A-Z]{3}$/.test(symbol);
  const shown = isMoney || !amount.includes('.') ? amount : amount.replace(/0+$/, '').replace(/\.$/, '.0');
  return `${shown} ${symbol}`.trim();
}

const isZero = ({ amount }) => /^[-0.]*$/.test(amount);

/** The difference of two amounts of one unit. */
export function minus(left, right) {
  const minor = BigInt(left.amount.replace('.', '')) - BigInt(right.amount.replace('.', ''));
  const digits = (minor < 0n ? -minor : minor).toString().padStart(left.decimals + 1, '0');
  const amount = left.decimals === 0 ? digits : `${digits.slice(0, -left.decimals)}.${digits.slice(-left.decimals)}`;
  return { ...left, amount: (minor < 0n ? '-' : '') + amount };
}

const settled = {
  conceded: 'the operator gave in', dropped: 'the driver withdrew it', ruled: 'the arbiter ruled', unanswered: 'the operator did not answer in time', unruled: 'nobody ruled in time',
};

const told = {
  'MeteredUse.Agreed': content => `agreed to charge under tariff ${content.tariff}`,
  'MeteredUse.Charged'({ energy, cost, paid }) {
    const owed = minus(cost, paid);
    return `charged ${amountWords(energy)} · ${amountWords(paid)} paid` + (isZero(owed) ? '' : ` · ${amountWords(owed)} still owed`);
  },
  'MeteredUse.Collected': ({ byCustomer, byProvider }) => isZero(byProvider) ? `what was owed is paid: ${amountWords(byCustomer)}` : `${amountWords(byProvider)} given back that was owed`,
  'MeteredUse.Credited': ({ was, is, givenBack }) => `credited: ${amountWords(was)} became ${amountWords(is)} · ${amountWords(givenBack)} given back`,
  'MeteredUse.Disputed': ({ onHold }) => `disputed · ${amountWords(onHold)} on hold until it is settled`,
  'MeteredUse.Answered': () => 'the operator answered the dispute; the arbiter rules next',
  'MeteredUse.Settled': ({ how, cost, toCustomer }) => `dispute settled: ${settled[how] ?? how} · it costs ${amountWords(cost)}, ${amountWords(toCustomer)} back to the driver`,
  'MeteredUse.ToppedUp': ({ amount }) => `paid in ${amountWords(amount)}`,
  'MeteredUse.Renewed': ({ mandate }) => `new mandate: up to ${amountWords(mandate.inAll)}`,
  'MeteredUse.MeterAccepted': () => 'a meter was accepted',
  'MeteredUse.MeterDropped': () => 'a meter was dropped',
  'MeteredUse.Bound': ({ register }) => register ? `meters have to be in force in register ${register}` : 'meters need not be in a register any more',
  'MeteredUse.Wished': ({ wish }) => `the driver set for sessions from now on: ${[wish.atMost && `at most ${amountWords(wish.atMost)}`, wish.onlySurplus && 'only surplus sun',
    wish.wanted && amountWords(wish.wanted)].filter(Boolean).join(', ') || 'nothing'}`,
  'MeteredUse.Ended': ({ toCustomer }) => `the agreement ended · ${amountWords(toCustomer)} back to the driver`,
};

/** An event's words; of a contract that this page does not know, its name. */
export function eventWords(name, content) {
  const known = told[name];
  return known ? known(content) : name.replace('.', ': ').replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}

/** A movement's words. */
export function movementWords(change) {
  return change.amount.startsWith('-') ? `${amountWords({ ...change, amount: change.amount.slice(1) })} went out` : `${amountWords(change)} came in`;
}

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** In the reader's own time. */
export const timeWords = text => Number.isNaN(Date.parse(text)) ? text : moment.format(new Date(text));
