/** The last attempt's columns as both `record` and `earlier_attempt` name them. */
const EVIDENCE = 'class, code, phase, message, shape, method';
const MEASURES = 'started_at, duration_ms, bytes_in, bytes_out, reused, address, requests';

/**
 * The documented names of a ledger (docs: "The ledger, as a user sees it"), version 1. They are a contract: columns may be added at their
 * ends, none is renamed or removed. `outcome.text` is the body as text where the server declared UTF-8, ASCII or nothing.
 */
export const VIEWS: string = `
CREATE VIEW item AS
SELECT id, (SELECT id FROM run) AS run, CASE WHEN id > 0 THEN id END AS position, key, host, coalesce(input, key) AS input, state, attempts,
  due_at, idempotent, sent, parent, depth, spent
FROM record;

CREATE VIEW attempt AS
SELECT id AS item, number, ${EVIDENCE}, CASE url WHEN '' THEN key ELSE url END AS url, ${MEASURES}
FROM record WHERE number IS NOT NULL
UNION ALL
SELECT item, number, ${EVIDENCE},
  CASE url WHEN '' THEN (SELECT key FROM record WHERE id = item) ELSE url END AS url, ${MEASURES}
FROM earlier_attempt;

CREATE VIEW result AS
SELECT id AS item, status, headers, body, value, charset, finished_at
FROM record
WHERE status IS NOT NULL OR headers IS NOT NULL OR value IS NOT NULL OR body IS NOT NULL;

CREATE VIEW outcome AS
SELECT key, CASE WHEN id > 0 THEN id END AS position, host, state, class, code, attempts, status, headers, body,
  CASE WHEN charset IS NULL OR lower(charset) IN ('utf-8', 'utf8', 'us-ascii', 'ascii') THEN CAST(body AS TEXT) END AS text,
  value, finished_at, id, phase, message, charset, CASE url WHEN '' THEN key ELSE url END AS url, duration_ms
FROM record;

CREATE VIEW outcome_by_class AS
SELECT class, state, count FROM tally WHERE count > 0 AND state IN ('done', 'failed', 'in-doubt');

CREATE VIEW failure_cluster AS
SELECT cluster.class, cluster.host, cluster.code, cluster.shape, cluster.count, cluster.first_at, cluster.last_at,
  record.key AS example_key, record.message AS example_message
FROM (
  SELECT class, host, code, shape, count(*) AS count, min(finished_at) AS first_at, max(finished_at) AS last_at, max(id) AS example
  FROM record WHERE state IN ('failed', 'in-doubt') GROUP BY class, host, code, shape
) AS cluster JOIN record ON record.id = cluster.example;

CREATE VIEW host_summary AS
SELECT host, count(*) AS items, sum(state = 'done') AS done, sum(state = 'failed') AS failed, sum(state = 'in-doubt') AS in_doubt,
  sum(state IN ('pending', 'leased')) AS waiting, sum(attempts) AS attempts, sum(bytes_in) AS bytes_in, sum(bytes_out) AS bytes_out,
  avg(duration_ms) AS mean_duration_ms, max(duration_ms) AS max_duration_ms
FROM record GROUP BY host;
`;
