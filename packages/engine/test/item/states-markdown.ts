import { ITEM_TRANSITIONS } from '@sluice/engine';

const YES_NO = (value: boolean | undefined): string => (value === undefined ? '' : value ? 'yes' : 'no');

const EVENTS = `| event | what happens |
| --- | --- |
| \`lease\` | the item is begun |
| \`refuse\` | it can never be begun: bad input, or our own policy |
| \`ok\` | the attempt ended well |
| \`again\` | it ended with a definite failure and may be repeated |
| \`fail\` | it ended with a definite failure and may not |
| \`lost-again\`, \`lost\` | it ended without a definite answer, with and without retries left |
| \`cut\` | the run was stopped in the middle of the attempt |
| \`crash\` | the process died in the middle of the attempt |
| \`mark\` | a person asks for another attempt |
| \`give-up\` | a person decides that it failed |
`;

/** docs/item-states.md: the table of states as people read it. */
export function itemStatesMarkdown(): string {
  const rows = ITEM_TRANSITIONS.map(
    ({ from, event, sent, idempotent, to }) =>
      `| ${from} | \`${event}\` | ${YES_NO(sent)} | ${YES_NO(idempotent)} | ${to} |`,
  );
  return `# The states of an item

<!-- Printed from packages/engine/src/item/state-machine.ts; a test holds it equal. To print it again:
node --conditions=@sluice/source packages/engine/test/item/write-states.ts -->

Every item has one state, kept in the ledger. This table is the only code that changes it; an empty cell means that it does not matter. An
item that is not in the ledger yet is \`pending\`; \`done\` is the one state that nothing leaves.

The rule behind it: **what was sent, is not idempotent and has no definite answer is in doubt, and never goes back to pending by itself.**

${EVENTS}
| from | event | sent | idempotent | to |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

\`sent\`: something that a repetition could do again may have left this machine. \`idempotent\`: the job says that repeating its step is harmless.
A step that is not idempotent counts as sent from its first moment for \`cut\` and \`crash\`, and when a deadline ended it in its middle; when it
ended by itself, it counts as sent if one of its requests (not GET, HEAD, OPTIONS, PUT or DELETE, and without an idempotency key) may have
reached a server and was not itself refused by the answer.
`;
}
