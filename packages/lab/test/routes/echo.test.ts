import assert from 'node:assert/strict';
import { test } from 'node:test';
import { request } from '../support/request.ts';
import { withLab } from '../support/with-lab.ts';

const context = withLab();

test('/get echoes args, headers, origin and url as httpbin does', async () => {
  const { lab } = context;
  const { json } = await request(`${lab.url}/get?a=1&b=2&a=3`, { headers: { 'x-own-header': 'yes' } });
  assert.deepEqual(json.args, { a: ['1', '3'], b: '2' });
  assert.equal(json.headers['X-Own-Header'], 'yes');
  assert.equal(json.origin, '127.0.0.1');
  assert.equal(json.url, `${lab.url}/get?a=1&b=2&a=3`);
});

test('JSON, text, forms, files and bytes are taken apart', async () => {
  const { lab } = context;
  const post = async (type: string, body: string | Buffer) =>
    (await request(`${lab.url}/post`, { method: 'POST', headers: { 'content-type': type }, body })).json;

  const json = await post('application/json', '{"a":[1]}');
  assert.deepEqual([json.json, json.data, json.method], [{ a: [1] }, '{"a":[1]}', 'POST']);
  const text = await post('text/plain', 'é');
  assert.deepEqual([text.json, text.data], [null, 'é']);
  const form = await post('application/x-www-form-urlencoded', 'a=1&a=2&b=%C3%A9');
  assert.deepEqual([form.form, form.data], [{ a: ['1', '2'], b: 'é' }, '']);
  const bytes = await post('application/octet-stream', Buffer.from([0xff, 0xfe]));
  assert.equal(bytes.data, 'data:application/octet-stream;base64,//4=');
  const part = '--x\r\nContent-Disposition: form-data; name="';
  const multipart = `${part}a"\r\n\r\n1\r\n${part}f"; filename="f.txt"\r\n\r\nfile\r\n--x--\r\n`;
  const upload = await post('multipart/form-data; boundary=x', multipart);
  assert.deepEqual([upload.form, upload.files], [{ a: '1' }, { f: 'file' }]);
});

test('a malformed multipart form is 400, a body above 16 MiB is 413', async () => {
  const { lab } = context;
  const headers = { 'content-type': 'multipart/form-data; boundary=x' };
  assert.equal((await request(`${lab.url}/post`, { method: 'POST', headers, body: 'no form' })).status, 400);
  const body = Buffer.alloc(16 * 1024 * 1024 + 1);
  assert.equal((await request(`${lab.url}/put`, { method: 'PUT', body })).status, 413);
});

test('each method has its route, refuses others with Allow, and /anything takes all', async () => {
  const { lab } = context;
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    const { json } = await request(`${lab.url}/${method.toLowerCase()}`, { method, body: 'b' });
    assert.deepEqual([json.method, json.data], [method, 'b']);
    assert.equal((await request(`${lab.url}/anything/x/y`, { method })).json.method, method);
  }
  const refused = await request(`${lab.url}/post`);
  assert.deepEqual([refused.status, refused.headers.allow], [405, 'POST']);
  const hits = await request(`${lab.url}/hits`, { method: 'PUT' });
  assert.deepEqual([hits.status, hits.headers.allow], [405, 'GET, DELETE']);
});

test('HEAD has the headers of GET and no body', async () => {
  const { status, headers, body } = await request(`${context.lab.url}/bytes/100`, { method: 'HEAD' });
  assert.deepEqual([status, headers['content-length'], body.length], [200, '100', 0]);
  assert.equal((await request(`${context.lab.url}/endless`, { method: 'HEAD' })).body.length, 0);
});

test('/headers, /ip and /user-agent show one thing each', async () => {
  const { lab } = context;
  const headers = { 'user-agent': 'test/1' };
  assert.equal((await request(`${lab.url}/headers`, { headers })).json.headers['User-Agent'], 'test/1');
  assert.deepEqual((await request(`${lab.url}/ip`)).json, { origin: '127.0.0.1' });
  assert.deepEqual((await request(`${lab.url}/user-agent`, { headers })).json, { 'user-agent': 'test/1' });
});

test('unknown paths and bad percent-encoding are refused with a reason', async () => {
  const { lab } = context;
  const unknown = await request(`${lab.url}/nothing`);
  assert.equal(unknown.status, 404);
  assert.match(unknown.json.error, /GET \/ lists all routes/);
  assert.equal((await request(`${lab.url}/base64/%ff`)).status, 400);
});
