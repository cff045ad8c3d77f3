import { make } from './elements.js';
import { count, printable } from './format.js';
import { classMark } from './marks.js';

/** What failed, like with like. @param {import('./api.js').Cluster[]} clusters */
export function failureList(clusters) {
  if (clusters.length === 0) return make('p', { class: 'empty' }, 'Nothing has failed.');
  return make('ul', { class: 'clusters', 'aria-label': 'Failures, the most frequent first' }, ...clusters.map(item));
}

/** @param {import('./api.js').Cluster} cluster */
function item(cluster) {
  const { mark, tone } = classMark(cluster.class);
  const message = printable(cluster.exampleMessage === '' ? cluster.code : cluster.exampleMessage);
  return make(
    'li',
    {},
    make('span', { class: 'count' }, `${count(cluster.count)} ×`),
    make('span', { class: `what tone-${tone}`, 'data-mark': mark }, `${printable(cluster.class)}: ${message}`),
    make('span', { class: 'example' }, `${printable(cluster.code)}, for example ${printable(cluster.exampleKey)}`),
  );
}
