/**
 * A batch of API calls: each row of a JSONL file is sent by POST, under a bound, with retries where they are safe. A POST is not idempotent:
 * it is written down before it is sent, and after a crash or a lost answer it is in doubt and not repeated, unless the API knows idempotency keys.
 *
 *   node examples/batch-api/main.ts rows.jsonl https://api.example/items rows.run.db
 */
import { defineJob, from } from 'sluice';

interface Row {
  readonly id: string;
  readonly name: string;
}

const [list = 'rows.jsonl', api = 'http://127.0.0.1:8080/anything', ledger = 'rows.run.db'] = process.argv.slice(2);

const job = defineJob({
  kind: 'batch-api',
  source: from.jsonl<Row>(list),
  key: (row) => row.id,
  host: () => new URL(api).host,
  perHost: 8,
  timeout: '30s',
  retry: { server: 2, throttled: { maxWait: '10m' } },
  step: async (row, { http, key }) => {
    const reply = await http.post(api, { json: { name: row.name }, idempotencyKey: key });
    return { id: row.id, answer: reply.json<{ json: unknown }>().json };
  },
});

const report = await job.run({ ledger });
const { done, failed, inDoubt } = report.progress;
console.log(`${done} done, ${failed} failed, ${inDoubt} in doubt; results in ${report.ledger}`);
